//! The step about witnesses: who else saw the tree that contains the log entry (C2SP tlog-policy).

use super::logged_entry::LoggedEntry;
use super::report::{Report, Step};
use crate::encoding::time::Time;
use crate::error::{Code, Error, Result};
use crate::first;
use crate::policy::Witnesses;
use crate::witness::quorum::{CosignedCheckpoint, verify_cosignatures};

/// A logged entry whose checkpoint was compared with the witness policy, if there is one.
#[derive(Debug)]
pub(super) struct WitnessedEntry<'a> {
    entry: LoggedEntry<'a>,
    cosigned: Option<CosignedCheckpoint<'a>>,
}

/// Judges the checkpoint of every entry. If the quorum is required, each checkpoint must have it, so that the witnesses
/// have seen everything that counts as logged.
pub(super) fn verify_witnesses<'a>(
    logged: Vec<LoggedEntry<'a>>,
    witnesses: Option<&'a Witnesses>,
    now: Option<Time>,
    report: &mut Report,
) -> Result<Vec<WitnessedEntry<'a>>> {
    let Some(witnesses) = witnesses else {
        report.skip(Step::Witnesses, "no witness policy is given");
        let mut unwitnessed = Vec::with_capacity(logged.len());
        for entry in logged {
            unwitnessed.push(WitnessedEntry { entry, cosigned: None });
        }
        return Ok(unwitnessed);
    };
    first::require_whole()?;
    let details = report.begin(Step::Witnesses);
    if logged.is_empty() && witnesses.required {
        return Err(Error::new(Code::WitnessQuorum)
            .expected(format_args!("a checkpoint cosigned by {}", witnesses.policy.describe_quorum()))
            .found("no checkpoint"));
    }
    let mut witnessed = Vec::with_capacity(logged.len());
    for entry in logged {
        let cosigned = verify_cosignatures(&witnesses.policy, entry.included())?;
        cosigned.describe(&mut |line| details.line(line));
        if let Some(now) = now {
            cosigned.check_not_after(now)?;
        }
        if witnesses.required {
            cosigned.check_quorum()?;
        }
        witnessed.push(WitnessedEntry { entry, cosigned: Some(cosigned) });
    }
    if witnessed.is_empty() {
        report.skip(Step::Witnesses, "there is no checkpoint that witnesses could have cosigned");
    } else if !witnessed.iter().filter_map(WitnessedEntry::cosigned).all(CosignedCheckpoint::has_quorum) {
        report.skip(Step::Witnesses, "the quorum is reported, and not required");
    }
    Ok(witnessed)
}

impl<'a> WitnessedEntry<'a> {
    /// The entry.
    pub(super) fn entry(&self) -> &LoggedEntry<'a> {
        &self.entry
    }

    /// Who cosigned its checkpoint. `None` without a witness policy.
    pub(super) fn cosigned(&self) -> Option<&CosignedCheckpoint<'a>> {
        self.cosigned.as_ref()
    }
}
