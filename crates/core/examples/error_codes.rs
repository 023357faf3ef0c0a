//! Prints the list of error codes as JSON. The build makes ts/generated/error_codes.ts and docs/errors.md from it.

use inkan_core::encoding::json_writer::{ObjectWriter, array};
use inkan_core::error::Code;

fn main() {
    let codes = Code::ALL.iter().map(|code| {
        ObjectWriter::new()
            .string("code", code.text())
            .string("class", code.class().name())
            .string("meaning", code.meaning())
            .string("hint", code.hint())
            .finish()
    });
    println!("{}", array(codes));
}
