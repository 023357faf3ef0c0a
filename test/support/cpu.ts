/** What work costs this process, however busy the machine is. */

/** Milliseconds of CPU time that this process used for it. */
export async function cpuMilliseconds(work: () => unknown): Promise<number> {
  const began = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000;
}
