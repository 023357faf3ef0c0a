import { InkanError } from "../../ts/entry/node.js";

/** The error that `call` throws or rejects with. Fails when it does neither, or throws something else. */
export async function refusalOf(call: () => unknown): Promise<InkanError> {
  try {
    await call();
  } catch (error) {
    if (error instanceof InkanError) return error;
    throw error;
  }
  throw new Error("accepted");
}

export const codeOf = async (call: () => unknown): Promise<string> => (await refusalOf(call)).code;
