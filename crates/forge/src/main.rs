//! An in-memory Sigstore that makes good evidence and deliberately bad evidence. The bytes are the same each time.
//!
//! `cargo run -p inkan-forge` writes `test/vectors/forged`, and `test/vectors/cases` from the real bundles'
//! folders; `-- --check` fails if what is committed differs. `-- --mint FOLDER COUNT` writes that many distinct signed
//! catalogues elsewhere.

mod ca;
mod cases;
mod ct;
mod der;
mod dsse;
mod edit;
mod key;
mod merkle;
mod mint;
mod note;
mod proto;
mod real;
mod rekor;
mod rekor_bodies;
mod signing;
mod stack;
mod text;
mod time;
mod tsa;
mod vectors;
mod x509;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, folder, count] = &arguments[..]
        && flag == "--mint"
    {
        mint::mint(Path::new(folder), count.parse().expect("a number"));
        return ExitCode::SUCCESS;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../test/vectors");
    let mut vectors = cases::all();
    vectors.check_twins();
    real::add(&mut vectors, &root);
    let folders = ["forged", "cases"];
    match arguments.first().map(String::as_str) {
        None => vectors.write(&root, &folders),
        Some("--check") => {
            let drift = vectors.drift(&root, &folders);
            for line in &drift {
                eprintln!("{line}");
            }
            if !drift.is_empty() {
                eprintln!("Run `cargo run -p inkan-forge` and commit what it writes.");
                return ExitCode::FAILURE;
            }
        }
        Some(other) => {
            eprintln!("unknown argument {other}: give none, --check, or --mint FOLDER COUNT");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
