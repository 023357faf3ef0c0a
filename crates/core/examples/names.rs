//! Prints the names that policies and reports use, as JSON. The build makes ts/generated/names.ts from it.

use inkan_core::encoding::json_writer::ObjectWriter;
use inkan_core::signer::fulcio::EXTENSIONS;
use inkan_core::verify::report::Step;

fn main() {
    let extensions: Vec<&str> = EXTENSIONS.iter().map(|(_, name)| *name).collect();
    let steps: Vec<&str> = Step::ALL.iter().map(|step| step.id()).collect();
    println!("{}", ObjectWriter::new().strings("extensions", &extensions).strings("steps", &steps).finish());
}
