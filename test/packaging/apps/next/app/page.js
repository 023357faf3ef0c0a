"use client";
import * as inkan from "inkan";
import { useEffect } from "react";
import { runBody } from "../body.mjs";

export default function Page() {
  useEffect(() => {
    runBody(inkan).then((outcome) => {
      globalThis.inkanOutcome = outcome;
    });
  }, []);
  return <p>Verified in the browser.</p>;
}
