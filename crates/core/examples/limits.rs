//! Prints the limits that TypeScript judges by, as JSON: the source of ts/generated/limits.ts.

use inkan_core::encoding::json_writer::ObjectWriter;
use inkan_core::limits;

fn main() {
    let mut object = ObjectWriter::new();
    for (name, bytes) in limits::AT_THE_SEAM {
        object.json(name, &bytes.to_string());
    }
    println!("{}", object.finish());
}
