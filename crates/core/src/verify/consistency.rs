//! The consistency proofs that a policy requires: which pairs of signed trees still need one, and the result for each.

use crate::encoding::base64;
use crate::encoding::hex;
use crate::encoding::json_writer::ObjectWriter;
use crate::error::{Code, Error, Result};
use crate::log::consistency::{ConsistentTrees, parse_proof, verify_consistency};
use crate::log::fork::{SignedTree, fork};
use crate::order::sort_by;
use crate::policy::Unreachable;
use crate::state::record::LogMark;

/// Two trees of one log, the older first.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Pair {
    older: LogMark,
    newer: LogMark,
}

/// The answer for a pair of trees.
#[derive(Debug)]
enum Answer {
    /// The pair is proven to be one history.
    Proven(ConsistentTrees),
    /// There is no proof, for this reason, and the policy accepts that.
    Excused(Pair, String),
}

/// What is known about the other trees of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum History {
    /// They are proven to be one history with this tree.
    Proven,
    /// There is no proof for them, and the policy accepts that.
    Unproven,
    /// No other tree is known.
    FirstUse,
}

impl History {
    /// Its name in a release.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Proven => "proven",
            Self::Unproven => "unproven",
            Self::FirstUse => "first-use",
        }
    }
}

/// The proofs of one verification.
#[derive(Debug)]
pub(super) struct Consistency {
    /// `None` if no proof is required.
    unreachable: Option<Unreachable>,
    answers: Vec<Answer>,
    asked: Option<Pair>,
}

impl Consistency {
    pub(super) fn new(unreachable: Option<Unreachable>) -> Self {
        Self { unreachable, answers: Vec::new(), asked: None }
    }

    /// The first pair of these trees of one log that has no answer yet, as `{"origin", "logKey", "older": {"treeSize",
    /// "rootHash"}, "newer": {…}}`. `None` if every pair has one. The empty tree is the past of every tree, so it needs
    /// no proof from the log.
    ///
    /// # Errors
    /// `ERR_LOG_FORK` for two different trees of one size, and for an empty tree with another root than the empty tree
    /// has.
    pub(super) fn ask(&mut self, trees: &[&LogMark]) -> Result<Option<String>> {
        self.asked = None;
        for pair in self.required_pairs(trees)? {
            if self.answer_to(&pair).is_some() {
                continue;
            }
            if pair.older.tree_size > 0 {
                return Ok(Some(self.asked.insert(pair).to_json()));
            }
            self.answers.push(Answer::Proven(verify_consistency(pair.older.tree(), pair.newer.tree(), &[])?));
        }
        Ok(None)
    }

    /// Verifies the proof of the pair that was asked last.
    ///
    /// # Errors
    /// Those of [`verify_consistency`]; `ERR_INTERNAL` if no pair was asked.
    pub(super) fn prove(&mut self, proof: &[u8]) -> Result<()> {
        let pair = self.asked.take().ok_or_else(not_asked)?;
        let hashes = parse_proof(&pair.newer.origin, proof)?;
        self.answers.push(Answer::Proven(verify_consistency(pair.older.tree(), pair.newer.tree(), hashes)?));
        Ok(())
    }

    /// Records that there is no proof of the pair that was asked last.
    ///
    /// # Errors
    /// `ERR_CONSISTENCY_UNAVAILABLE`, unless the policy accepts it; `ERR_INTERNAL` if no pair was asked.
    pub(super) fn excuse(&mut self, reason: &str) -> Result<()> {
        let pair = self.asked.take().ok_or_else(not_asked)?;
        if self.unreachable != Some(Unreachable::Offline) {
            return Err(Error::new(Code::ConsistencyUnavailable)
                .on(&pair.newer.origin)
                .expected(format_args!("a proof from size {} to {}", pair.older.tree_size, pair.newer.tree_size))
                .found(reason));
        }
        self.answers.push(Answer::Excused(pair, reason.to_owned()));
        Ok(())
    }

    /// The answers for these trees, one line for each pair.
    ///
    /// # Errors
    /// `ERR_LOG_FORK` for two different trees of one size; `ERR_INTERNAL` if a pair has no answer.
    pub(super) fn describe_answers(&self, trees: &[&LogMark]) -> Result<Vec<String>> {
        let mut lines = Vec::new();
        for pair in self.required_pairs(trees)? {
            lines.push(self.answer_to(&pair).ok_or_else(not_asked)?.describe(&pair.newer.origin));
        }
        Ok(lines)
    }

    /// What is known about the other trees of this tree's log. `None` if no proofs are required. `alone`: no other tree
    /// is known.
    pub(super) fn history_of(&self, tree: &LogMark, alone: bool) -> Option<History> {
        self.unreachable?;
        let is_excused = self.answers.iter().any(|answer| match answer {
            Answer::Excused(pair, _) => pair.newer.key() == tree.key(),
            Answer::Proven(_) => false,
        });
        Some(match (alone, is_excused) {
            (true, _) => History::FirstUse,
            (false, true) => History::Unproven,
            (false, false) => History::Proven,
        })
    }

    /// Each tree with the next larger one. If all these pairs are one history, all trees are.
    fn required_pairs(&self, trees: &[&LogMark]) -> Result<Vec<Pair>> {
        if self.unreachable.is_none() {
            return Ok(Vec::new());
        }
        let mut sorted = trees.to_vec();
        sort_by(&mut sorted, |one, other| one.tree_size < other.tree_size);
        let mut pairs = Vec::new();
        for (older, newer) in sorted.iter().zip(sorted.iter().skip(1)) {
            if older.tree_size < newer.tree_size {
                pairs.push(Pair { older: (*older).clone(), newer: (*newer).clone() });
            } else if older.root_hash != newer.root_hash {
                return Err(fork(older.tree(), newer.tree(), &[]));
            }
        }
        Ok(pairs)
    }

    fn answer_to(&self, pair: &Pair) -> Option<&Answer> {
        self.answers.iter().find(|answer| match answer {
            Answer::Proven(trees) => trees.are(pair.older.tree(), pair.newer.tree()),
            Answer::Excused(excused, _) => excused == pair,
        })
    }
}

fn not_asked() -> Error {
    Error::new(Code::Internal).expected("an answer to each pair that was asked").found("another order of calls")
}

impl Pair {
    fn to_json(&self) -> String {
        let tree = |tree: SignedTree<'_>| {
            ObjectWriter::new().text("treeSize", tree.size).string("rootHash", &base64::encode(tree.root)).finish()
        };
        ObjectWriter::new()
            .string("origin", &self.newer.origin)
            .string("logKey", &hex::encode(&self.newer.log_key))
            .json("older", &tree(self.older.tree()))
            .json("newer", &tree(self.newer.tree()))
            .finish()
    }
}

impl Answer {
    fn describe(&self, origin: &str) -> String {
        match self {
            Self::Proven(trees) => format!("the log {origin}: {}", trees.describe()),
            Self::Excused(pair, reason) => format!(
                "the log {origin}: size {} was not proven to be the past of {}, and the offline rule was applied: {reason}",
                pair.older.tree_size, pair.newer.tree_size
            ),
        }
    }
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects)]
mod tests {
    use super::*;
    use crate::log::merkle::Hash;
    use crate::log::merkle::tests::{consistency, leaves, root};

    fn mark(size: usize, leaves: &[Hash]) -> LogMark {
        LogMark {
            origin: "o".into(),
            log_key: [1; 32],
            tree_size: size.try_into().unwrap(),
            root_hash: root(&leaves[..size]),
            note: format!("note {size}"),
        }
    }

    fn proof(older: usize, newer: usize, leaves: &[Hash]) -> Vec<u8> {
        consistency(older, &leaves[..newer], true).concat()
    }

    #[test]
    fn every_tree_is_tied_to_the_next_larger_one() {
        let leaves = leaves(30);
        let [three, nine, thirty] = [3, 9, 30].map(|size| mark(size, &leaves));
        let trees = [&thirty, &three, &nine, &three];
        let mut proofs = Consistency::new(Some(Unreachable::Refuse));
        assert_eq!(proofs.describe_answers(&trees).unwrap_err().code(), Code::Internal);
        let first = proofs.ask(&trees).unwrap().unwrap();
        let roots = [&three, &nine].map(|mark| base64::encode(&mark.root_hash));
        assert_eq!(
            first,
            format!(
                r#"{{"origin":"o","logKey":"{}","older":{{"treeSize":"3","rootHash":"{}"}},"newer":{{"treeSize":"9","rootHash":"{}"}}}}"#,
                "01".repeat(32),
                roots[0],
                roots[1]
            )
        );
        assert_eq!(proofs.ask(&trees).unwrap().unwrap(), first);
        proofs.prove(&proof(3, 9, &leaves)).unwrap();
        assert!(proofs.ask(&trees).unwrap().unwrap().contains(r#""treeSize":"30""#));
        assert_eq!(proofs.describe_answers(&trees).unwrap_err().code(), Code::Internal);
        proofs.prove(&proof(9, 30, &leaves)).unwrap();
        assert_eq!(proofs.ask(&trees).unwrap(), None);
        assert_eq!(
            proofs.describe_answers(&trees).unwrap(),
            ["the log o: size 3 is proven to be the past of 9", "the log o: size 9 is proven to be the past of 30"]
        );
        // A proof about these trees says nothing about another tree of the same size.
        let mut other = nine.clone();
        other.root_hash[0] ^= 1;
        assert_eq!(proofs.describe_answers(&[&three, &other]).unwrap_err().code(), Code::Internal);
        assert_eq!(proofs.ask(&[&three, &nine, &other]).unwrap_err().code(), Code::LogFork);
    }

    #[test]
    fn nobody_is_asked_about_the_empty_tree() {
        let leaves = leaves(9);
        let (mut empty, nine) = (mark(0, &leaves), mark(9, &leaves));
        let mut proofs = Consistency::new(Some(Unreachable::Refuse));
        assert_eq!(proofs.ask(&[&empty, &nine]).unwrap(), None);
        assert_eq!(
            proofs.describe_answers(&[&empty, &nine]).unwrap(),
            ["the log o: size 0 is proven to be the past of 9"]
        );
        empty.root_hash[0] ^= 1;
        assert_eq!(proofs.ask(&[&empty, &nine]).unwrap_err().code(), Code::LogFork);
    }

    #[test]
    fn an_answer_belongs_to_a_question() {
        let leaves = leaves(9);
        let (three, nine) = (mark(3, &leaves), mark(9, &leaves));
        let mut proofs = Consistency::new(Some(Unreachable::Offline));
        assert_eq!(proofs.prove(&proof(3, 9, &leaves)).unwrap_err().code(), Code::Internal);
        assert_eq!(proofs.excuse("late").unwrap_err().code(), Code::Internal);
        for wrong in [&[0; 31][..], &[], &[0; 64]] {
            proofs.ask(&[&three, &nine]).unwrap();
            assert_eq!(proofs.prove(wrong).unwrap_err().code(), Code::ConsistencyProofInvalid);
        }
        proofs.ask(&[&three, &nine]).unwrap();
        proofs.excuse("no route").unwrap();
        assert_eq!(proofs.ask(&[&three, &nine]).unwrap(), None);
        assert!(
            proofs.describe_answers(&[&three, &nine]).unwrap()[0].ends_with("the offline rule was applied: no route")
        );
        let mut strict = Consistency::new(Some(Unreachable::Refuse));
        strict.ask(&[&three, &nine]).unwrap();
        assert_eq!(strict.excuse("no route").unwrap_err().code(), Code::ConsistencyUnavailable);
    }

    #[test]
    fn without_the_policy_nothing_is_asked() {
        let leaves = leaves(9);
        let mut proofs = Consistency::new(None);
        assert_eq!(proofs.ask(&[&mark(3, &leaves), &mark(9, &leaves)]).unwrap(), None);
        assert!(proofs.describe_answers(&[&mark(3, &leaves), &mark(9, &leaves)]).unwrap().is_empty());
    }
}
