/** Why there is no keyless signature. What a service wrote may stand in it: print it through the command's print functions. */
export class SigningFailure extends Error {
  override readonly name = "SigningFailure";
}
