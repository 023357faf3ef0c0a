/** Sets one member of an object in a JSON text, and leaves every other byte as it is: comments, order, line ends, indents. */
import {
  type MemberNode,
  nameOf,
  type ObjectNode,
  parseTree,
  plainOf,
  type TextNode,
} from "../../policy_file/document.js";
import { Unfit } from "./unfit.js";

/** `comments`: whether the program that reads the text takes comments and trailing commas. */
export interface Dialect {
  readonly comments: boolean;
}

const MARK = "\ufeff";

/** The member `name` of the object under `parent` as a plain value; undefined where there is none. */
export function memberIn(text: string, parent: string, name: string, dialect: Dialect): unknown {
  const found = find(text, parent, name, dialect);
  return found.member === undefined ? undefined : plainOf(found.member.value);
}

/** The text with `value` as the member `name` of the object under `parent`. An empty text becomes a whole document. */
export function withMember(
  text: string,
  [parent, name]: readonly [parent: string, name: string],
  value: unknown,
  dialect: Dialect,
): string {
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  const unit = /^[\t ]+(?=")/m.exec(text)?.[0] ?? "  ";
  const write = (content: unknown, indent: string): string =>
    JSON.stringify(content, null, unit).replaceAll("\n", `${eol}${indent}`);
  const { body, root, servers, member } = find(text, parent, name, dialect);
  if (root === undefined)
    return `${text.startsWith(MARK) ? MARK : ""}${write({ [parent]: { [name]: value } }, "")}${eol}`;
  const edited =
    member !== undefined
      ? replaced(body, member.value, write(value, indentBefore(body, member)))
      : servers !== undefined
        ? inserted(body, servers, name, { value, unit, eol, write })
        : inserted(body, root, parent, { value: { [name]: value }, unit, eol, write });
  const whole = text.startsWith(MARK) ? MARK + edited : edited;
  // What was written is read back: nothing is handed out that its reader could not read.
  if (JSON.stringify(memberIn(whole, parent, name, dialect)) !== JSON.stringify(value)) {
    throw new Unfit("the edited text does not read back");
  }
  return whole;
}

interface Found {
  /** The text without its byte order mark: places in it are the parser's. */
  readonly body: string;
  readonly root: ObjectNode | undefined;
  readonly servers: ObjectNode | undefined;
  readonly member: MemberNode | undefined;
}

function find(text: string, parent: string, name: string, { comments }: Dialect): Found {
  const body = text.startsWith(MARK) ? text.slice(1) : text;
  if (body.trim() === "") return { body, root: undefined, servers: undefined, member: undefined };
  const root = objectOf(treeOf(body, comments), "the file");
  const holder = memberOf(root, parent);
  if (holder === undefined) return { body, root, servers: undefined, member: undefined };
  const servers = objectOf(holder.value, parent);
  return { body, root, servers, member: memberOf(servers, name) };
}

function treeOf(body: string, comments: boolean): TextNode {
  try {
    return parseTree(body, comments);
  } catch (error) {
    const { line, message } = error as { line?: number; message: string };
    if (error instanceof RangeError) throw new Unfit("its values are nested too deeply");
    throw new Unfit(line === undefined ? `it is no JSON: ${message}` : `it is no JSON, from line ${line} on`);
  }
}

function objectOf(node: TextNode, what: string): ObjectNode {
  if (node.type !== "Object") throw new Unfit(`${what} is no JSON object`);
  return node;
}

function memberOf(object: ObjectNode, name: string): MemberNode | undefined {
  const [first, second] = object.members.filter((member) => nameOf(member) === name);
  if (second !== undefined) throw new Unfit(`${JSON.stringify(name)} stands twice in one object`);
  return first;
}

const placeOf = ({ loc }: TextNode): readonly [start: number, end: number] => [loc.start.offset, loc.end.offset];

function replaced(body: string, node: TextNode, text: string): string {
  const [start, end] = placeOf(node);
  return body.slice(0, start) + text + body.slice(end);
}

/** What stands before a member on its line, if that is white space. */
function indentBefore(body: string, node: TextNode): string {
  const [start] = placeOf(node);
  const before = body.slice(body.lastIndexOf("\n", start - 1) + 1, start);
  return /^[\t ]*$/.test(before) ? before : (/^[\t ]*/.exec(before)?.[0] ?? "");
}

interface Style {
  readonly value: unknown;
  readonly unit: string;
  readonly eol: string;
  readonly write: (content: unknown, indent: string) => string;
}

/** A new member, the first of its object: so that no comment changes the member that it stands beside. */
function inserted(body: string, object: ObjectNode, name: string, { value, unit, eol, write }: Style): string {
  const [start, end] = placeOf(object);
  const [first] = object.members;
  const own = indentBefore(body, object);
  const inside = body.slice(start + 1, first === undefined ? end - 1 : placeOf(first)[0]);
  const oneLine = first !== undefined && !inside.includes("\n");
  const key = JSON.stringify(name);
  if (oneLine) return `${body.slice(0, start + 1)}${key}: ${JSON.stringify(value)},${body.slice(start + 1)}`;
  const indent = first === undefined ? own + unit : indentBefore(body, first);
  const after = first !== undefined ? "," : inside.includes("\n") ? "" : `${eol}${own}`;
  return `${body.slice(0, start + 1)}${eol}${indent}${key}: ${write(value, indent)}${after}${body.slice(start + 1)}`;
}
