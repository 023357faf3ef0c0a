//! The benchmark's worker for the `sigstore-verify` crate. The protocol is described in ../README.md.

use std::collections::HashMap;
use std::error::Error;
use std::fs;
use std::io::{self, BufRead, Write};
use std::rc::Rc;
use std::time::Instant;

use sigstore_verify::trust_root::TrustedRoot;
use sigstore_verify::types::Bundle;
use sigstore_verify::{VerificationPolicy, Verifier};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

struct Task {
    bundle: String,
    artifact: Vec<u8>,
    root: String,
    policy: VerificationPolicy,
    verifier: Rc<Verifier>,
}

impl Task {
    fn verify(&self) -> Result<()> {
        let bundle = Bundle::from_json(&self.bundle)?;
        self.verifier.verify(self.artifact.as_slice(), &bundle, &self.policy)?;
        Ok(())
    }

    fn parse(&self) -> Result<()> {
        Bundle::from_json(&self.bundle)?;
        Ok(())
    }

    fn load(&self) -> Result<()> {
        Verifier::new(&TrustedRoot::from_json(&self.root)?)?;
        Ok(())
    }
}

/// A task a line, its fields separated by tabs.
fn read_job(file: &str) -> Result<Vec<(String, Task)>> {
    let mut verifiers: HashMap<String, Rc<Verifier>> = HashMap::new();
    let mut tasks = Vec::new();
    for line in fs::read_to_string(file)?.lines() {
        let [name, bundle, artifact, root, identity, issuer] = line.split('\t').collect::<Vec<_>>()[..] else {
            return Err("a line of the job has not six fields".into());
        };
        let text = fs::read_to_string(root)?;
        let verifier = match verifiers.get(root) {
            Some(verifier) => Rc::clone(verifier),
            None => Rc::new(Verifier::new(&TrustedRoot::from_json(&text)?)?),
        };
        verifiers.insert(root.into(), Rc::clone(&verifier));
        let policy = VerificationPolicy::any_identity().require_identity(identity).require_issuer(issuer);
        let (bundle, artifact) = (fs::read_to_string(bundle)?, fs::read(artifact)?);
        tasks.push((name.into(), Task { bundle, artifact, root: text, policy, verifier }));
    }
    Ok(tasks)
}

fn measure(count: usize, run: impl Fn() -> Result<()>) -> Result<String> {
    let mut times = Vec::with_capacity(count);
    for _ in 0..count {
        let began = Instant::now();
        run()?;
        times.push(format!("{:.1}", began.elapsed().as_nanos() as f64 / 1000.0));
    }
    Ok(times.join(" "))
}

fn answer(request: &str, tasks: &[(String, Task)]) -> Result<String> {
    let words: Vec<&str> = request.split(' ').collect();
    let (_, task) = tasks.iter().find(|(name, _)| name == words[1]).ok_or("no such task")?;
    let count = words.get(2).map_or(Ok(1), |text| text.parse())?;
    match words[0] {
        "check" => task.verify().map(|()| "accepted".into()),
        "verify" => measure(count, || task.verify()),
        "parse" => measure(count, || task.parse()),
        _ => measure(count, || task.load()),
    }
}

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let tasks = read_job(&arguments[1])?;
    if arguments.len() > 2 {
        return tasks[0].1.verify();
    }
    println!("ready {}", env!("SIGSTORE_VERIFY"));
    for request in io::stdin().lock().lines() {
        let said = answer(&request?, &tasks).unwrap_or_else(|error| format!("refused {error}").replace('\n', " "));
        println!("{said}");
        io::stdout().flush()?;
    }
    Ok(())
}
