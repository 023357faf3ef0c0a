"use client";
import "inkan/element";

/**
 * What the server found when it verified the catalogue. The report is given by `ref`: React sets no property of an element
 * that the server has rendered.
 */
export const Report = ({ report, label }) => (
  <inkan-report
    ref={(element) => {
      if (element !== null) element.report = report;
    }}
    label={label}
    heading-level="3"
  />
);
