/**
 * The MCP client checks messages with zod. By default zod tries whether it may make code out of text, and the page's policy
 * forbids that. It works without. This file must be imported before every other one, because zod tries early.
 */
import { config } from "zod/v4/core";

config({ jitless: true });
