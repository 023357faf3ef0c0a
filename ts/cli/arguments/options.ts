/** What a command's options are: one declaration for the parser, the types and the help. */

export interface Option {
  readonly type: "string" | "boolean";
  /** May be given several times. */
  readonly multiple?: true;
  /** What stands for the value in the help. */
  readonly value?: string;
  /** What it does, in the help. */
  readonly help: string;
}

/** The options that a command takes, by name. */
export type Options = { readonly [name: string]: Option };

/** What was given of them. */
export type Values<O extends Options> = {
  readonly [name in keyof O]?: O[name] extends { type: "boolean" }
    ? boolean
    : O[name] extends { multiple: true }
      ? readonly string[]
      : string;
};

export const JSON_OPTION = {
  json: { type: "boolean", help: "one JSON document instead of text" },
} as const satisfies Options;
