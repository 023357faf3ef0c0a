"use client";
import "inkan/element";

/** What the server found when it verified the catalogue. */
export const Report = ({ report, label }) => <inkan-report report={report} label={label} heading-level="3" />;
