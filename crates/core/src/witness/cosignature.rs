//! Cosignatures (C2SP tlog-cosignature): a witness's signature on a log's checkpoint, with its time.
//!
//! A line's payload is `u64 timestamp, big-endian || signature`. An Ed25519 witness signs
//! `cosignature/v1\ntime <seconds>\n` followed by the checkpoint's whole text.

use std::fmt;

use super::policy::Witness;
use crate::crypto::verify_ed25519;
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::log::note::NoteSignature;
use crate::log::vkey::KeyMaterial;

/// The last second that RFC 3339 can express: 9999-12-31T23:59:59Z.
const LAST_SECOND: i64 = 253_402_300_799;
/// Octets of an ML-DSA-44 cosignature: the timestamp and a signature (FIPS 204 table 2).
const ML_DSA_44_COSIGNATURE: usize = 8 + 2420;

/// A witness's cosignature on a checkpoint.
///
/// Proves that the witness's key signed the text of the checkpoint together with this time. With it the witness states
/// that this was the largest tree it had seen by then, and that it continues all earlier ones. That statement is not
/// proven.
#[derive(Debug)]
pub struct Cosignature<'p> {
    witness: Witness<'p>,
    time: Time,
}

/// The result for a signature line by a witness of the policy.
#[derive(Debug)]
pub enum CosignatureOutcome<'p> {
    /// A cosignature that was verified.
    Verified(Cosignature<'p>),
    /// A cosignature with an ML-DSA-44 key. It is not verified and proves nothing.
    Unread,
}

/// Verifies the line that claims to be by `witness` over `text`, the text of a checkpoint.
///
/// # Errors
/// `ERR_WITNESS_SIGNATURE`. A bad signature of a known key refuses the note (C2SP signed-note).
pub fn verify_cosignature<'p>(
    witness: Witness<'p>,
    line: &NoteSignature,
    text: &str,
) -> Result<CosignatureOutcome<'p>> {
    let refused = |expected: &str, found: &dyn fmt::Display| {
        Error::new(Code::WitnessSignature)
            .on(format_args!("{} ({})", witness.name, witness.key))
            .expected(expected)
            .found(found)
    };
    let key = match witness.key.material() {
        KeyMaterial::Cosignature(key) => key,
        KeyMaterial::MlDsaCosignature(_) if is_ml_dsa_length(line) => return Ok(CosignatureOutcome::Unread),
        _ => return Err(refused("a timestamp and an ML-DSA-44 signature", &octets(line))),
    };
    let Some((timestamp, signature)) = line.signature.split_first_chunk::<8>().filter(|(_, rest)| rest.len() == 64)
    else {
        return Err(refused("a timestamp of 8 octets and an Ed25519 signature of 64", &octets(line)));
    };
    let seconds = u64::from_be_bytes(*timestamp);
    let time = i64::try_from(seconds).ok().filter(|seconds| *seconds <= LAST_SECOND).and_then(Time::from_seconds);
    let Some(time) = time else {
        return Err(refused("a time up to 9999-12-31T23:59:59Z", &format_args!("{seconds} seconds")));
    };
    let message = format!("cosignature/v1\ntime {seconds}\n{text}");
    verify_ed25519(key, message.as_bytes(), signature)
        .map_err(|_| refused("its signature over the checkpoint and this time", &"one that does not verify"))?;
    Ok(CosignatureOutcome::Verified(Cosignature { witness, time }))
}

/// Whether a line has the length of an ML-DSA-44 cosignature.
pub(super) fn is_ml_dsa_length(line: &NoteSignature) -> bool {
    line.signature.len() == ML_DSA_44_COSIGNATURE
}

fn octets(line: &NoteSignature) -> String {
    format!("{} octets", line.signature.len())
}

impl<'p> Cosignature<'p> {
    /// The witness that made it.
    pub fn witness(&self) -> Witness<'p> {
        self.witness
    }

    /// The time that the witness states for its signature.
    pub fn time(&self) -> Time {
        self.time
    }
}
