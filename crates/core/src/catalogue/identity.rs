//! Which definitions a catalogue may hold together: a main list has each name once, and no definition occurs twice.

use super::definition::Definition;
use super::kind::DefinitionKind;
use super::malformed;
use crate::error::{Code, Error, Result};
use crate::{limits, order};

/// Requires that a main list has no duplicate name, and that each alternative differs from the other definitions of its
/// name.
///
/// # Errors
/// The duplicate code of the kind; `ERR_CATALOGUE_MALFORMED` for a name that is not in the main list;
/// `ERR_INPUT_TOO_LARGE` for too many alternatives of one name.
pub(super) fn check_names(kind: DefinitionKind, main: &[Definition], alternatives: &[Definition]) -> Result<()> {
    let twice = |path: &str, expected: &str, name: &str| {
        Err(Error::new(kind.duplicate()).on(path).expected(expected).found(name))
    };
    if let Some(name) = order::repeated(main.iter().map(Definition::name)) {
        return twice(kind.list(), "each name once", name);
    }
    if alternatives.is_empty() {
        return Ok(());
    }
    let path = format!("alternatives.{}", kind.list());
    // Of the definitions of one name, the main one comes first.
    let mut all: Vec<(&Definition, bool)> = main.iter().map(|one| (one, false)).collect();
    all.extend(alternatives.iter().map(|one| (one, true)));
    order::sort_by(&mut all, |(left, left_further), (right, right_further)| {
        (left.name(), left_further) < (right.name(), right_further)
    });
    for same in all.chunk_by(|(left, _), (right, _)| left.name() == right.name()) {
        let Some(((first, false), further)) = same.split_first() else {
            let name = same.first().map_or("", |(one, _)| one.name());
            return Err(malformed(format_args!("names that stand in {}", kind.list()), name).on(path));
        };
        if further.len() > limits::CATALOGUE_ALTERNATIVES {
            return Err(Error::new(Code::InputTooLarge)
                .on(path)
                .expected(format_args!("at most {} of one name", limits::CATALOGUE_ALTERNATIVES))
                .found(further.len()));
        }
        if !further.is_empty() && has_equals(same)? {
            return twice(&path, "definitions that differ from the main one and from each other", first.name());
        }
    }
    Ok(())
}

fn has_equals(definitions: &[(&Definition, bool)]) -> Result<bool> {
    let mut digests = definitions.iter().map(|(one, _)| one.digest()).collect::<Result<Vec<_>>>()?;
    order::sort(&mut digests);
    Ok(digests.windows(2).any(|pair| matches!(pair, [one, other] if one == other)))
}
