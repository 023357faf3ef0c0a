import { mount } from "svelte";
import Report from "./Report.svelte";

mount(Report, { target: document.getElementById("app"), props: { box: globalThis } });
