//! nameConstraints (RFC 5280 section 4.2.1.10): which names the certificates below an authority may carry.

use super::general_name::GeneralName;
use crate::encoding::der::{Reader, tag};
use crate::error::{Code, Error, Result};

/// The names that an authority may certify.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameConstraints {
    /// Where there are any of a form, a name of that form must lie in one of them.
    pub permitted: Vec<GeneralName>,
    /// No name may lie in one of these.
    pub excluded: Vec<GeneralName>,
    /// Whether a subtree states a minimum or maximum, which RFC 5280 does not use and nothing here processes.
    pub has_distances: bool,
}

impl NameConstraints {
    /// Parses the extension's value.
    ///
    /// # Errors
    /// `ERR_DER_MALFORMED`.
    pub(super) fn parse(value: &[u8]) -> Result<Self> {
        let mut out = Self { permitted: Vec::new(), excluded: Vec::new(), has_distances: false };
        Reader::new(value).finish(|r| {
            r.nested(tag::SEQUENCE, |r| {
                for (number, subtrees) in [(0, &mut out.permitted), (1, &mut out.excluded)] {
                    let Some(element) = r.optional(tag::context(number))? else { continue };
                    let mut r = Reader::new(element.content);
                    while !r.is_empty() {
                        r.nested(tag::SEQUENCE, |r| {
                            subtrees.push(GeneralName::from_constraint(&r.element()?)?);
                            let minimum = r.optional(tag::context_primitive(0))?;
                            let maximum = r.optional(tag::context_primitive(1))?;
                            out.has_distances |= maximum.is_some() || minimum.is_some_and(|m| m.content != [0]);
                            Ok(())
                        })?;
                    }
                    if subtrees.is_empty() {
                        return Err(malformed("a subtree", "an empty list"));
                    }
                }
                Ok(())
            })
        })?;
        if out.permitted.is_empty() && out.excluded.is_empty() {
            return Err(malformed("permitted or excluded subtrees", "neither"));
        }
        Ok(out)
    }
}

fn malformed(expected: &str, found: &str) -> Error {
    Error::new(Code::DerMalformed).expected(expected).found(found)
}
