//! Real bundles and trust roots for the tests of the layers below the bundle parser.
