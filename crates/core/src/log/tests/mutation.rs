//! Changes each byte of real notes and bodies. Nothing may panic, and no changed note may open.

use super::*;
use crate::log::body::parse_body;
use crate::log::checkpoint::verify_checkpoint;
use crate::log::inclusion::verify_inclusion;
use crate::log::set::verify_set;

const CASES: &[(&str, &str)] = &[
    ("conformance/bundle-verify/happy-path-v0.1", PRODUCTION),
    ("conformance/bundle-verify/rekor2-happy-path", STAGING),
    ("conformance/bundle-verify/rekor2-checkpoint-two-sigs-cosigned", STAGING),
    ("catalogues/cases/v1-dsse-keyless-email", STACK_A),
];

#[test]
fn no_changed_note_opens() {
    for (case, root) in CASES {
        let logs = logs(root);
        let entry = entries(case).remove(0);
        let log = log_of(&entry, &logs).unwrap();
        let generation = entry.generation().unwrap();
        let note = entry.proof.unwrap().checkpoint.unwrap();
        let key_name = log.origin.key_name(note.split('\n').next().unwrap(), generation).unwrap();
        // Lines of keys that the trust root does not know are ignored. Only they may change.
        let ids = [log.log_id.clone(), log.key.fingerprint().to_vec()];
        let own_line = |line: &str| {
            let mut parts = line.split(' ').skip(1);
            parts.next() == Some(key_name)
                && parts.next().is_some_and(|blob| ids.iter().any(|id| base64::decode(blob).unwrap()[..4] == id[..4]))
        };
        let mut covered = vec![true; note.len()];
        let mut start = note.rfind("\n\n").unwrap() + 2;
        for line in note[start..].split_inclusive('\n') {
            covered[start..start + line.len()].fill(own_line(line.trim_end()));
            start += line.len();
        }
        assert!(verify_checkpoint(&note, log, generation).is_ok());
        for position in 0..note.len() {
            for flip in [1u8, 0x20] {
                let mut bytes = note.clone().into_bytes();
                bytes[position] ^= flip;
                let Ok(changed) = String::from_utf8(bytes) else { continue };
                let opened = verify_checkpoint(&changed, log, generation).is_ok();
                assert!(!(opened && covered[position]), "{case}: byte {position} ^ {flip:#x}");
            }
            if note.is_char_boundary(position) {
                assert!(verify_checkpoint(&note[..position], log, generation).is_err() || !covered[position], "{case}");
                let mut longer = note.clone();
                longer.insert(position, '\n');
                assert!(verify_checkpoint(&longer, log, generation).is_err() || !covered[position], "{case}");
            }
        }
    }
}

#[test]
fn changed_bodies_are_read_or_refused_and_never_included() {
    for case in [
        "conformance/bundle-verify/happy-path-intoto-in-dsse-v3",
        "conformance/bundle-verify/intoto-expired-certificate_fail",
        "conformance/bundle-verify/happy-path-v0.1",
        "catalogues/cases/series-01",
        "catalogues/cases/old-dsse-keyless-email-2",
        "catalogues/cases/dsse-key-ed25519",
    ] {
        let logs = logs(&trust_root(case));
        let entry = entries(case).remove(0);
        let log = log_of(&entry, &logs).unwrap();
        let original = parse_body(&entry).unwrap();
        let mut read_alike = 0;
        // Most of a long body is one certificate in base64.
        let stride = entry.body.len() / 2000 + 1;
        for position in (0..entry.body.len()).step_by(stride) {
            let mut changed = entry.clone();
            changed.body[position] ^= [1, 0x20, 0x80][position % 3];
            match parse_body(&changed) {
                // Some characters may change without a change of what is read, such as line ends in base64 of a PEM.
                Ok(body) if body == original => read_alike += 1,
                _ => {}
            }
            if position % 48 == 0 {
                assert!(verify_inclusion(&changed, log).is_err(), "{case}: byte {position}");
                assert!(verify_set(&changed, log).is_err(), "{case}: byte {position}");
            }
        }
        assert!(read_alike < entry.body.len() / stride / 4, "{case}: {read_alike} of {}", entry.body.len());
    }
}
