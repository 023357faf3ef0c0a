//! Prints the limits that TypeScript checks too, as JSON. The build makes ts/generated/limits.ts from it.

use inkan_core::encoding::json_writer::ObjectWriter;
use inkan_core::limits;

fn main() {
    let mut object = ObjectWriter::new();
    for (name, bytes) in limits::AT_THE_SEAM {
        object.json(name, &bytes.to_string());
    }
    println!("{}", object.finish());
}
