//! Fulcio's certificate extensions (1.3.6.1.4.1.57264.1.x, Fulcio oid-info), with the names that policies and reports
//! use. The issuer (.1 and .8) is not in the list, because every policy pins it.

/// Last arc and name.
pub const EXTENSIONS: [(u8, &str); 21] = [
    (2, "githubWorkflowTrigger"),
    (3, "githubWorkflowSHA"),
    (4, "githubWorkflowName"),
    (5, "githubWorkflowRepository"),
    (6, "githubWorkflowRef"),
    (9, "buildSignerURI"),
    (10, "buildSignerDigest"),
    (11, "runnerEnvironment"),
    (12, "sourceRepositoryURI"),
    (13, "sourceRepositoryDigest"),
    (14, "sourceRepositoryRef"),
    (15, "sourceRepositoryIdentifier"),
    (16, "sourceRepositoryOwnerURI"),
    (17, "sourceRepositoryOwnerIdentifier"),
    (18, "buildConfigURI"),
    (19, "buildConfigDigest"),
    (20, "buildTrigger"),
    (21, "runInvocationURI"),
    (22, "sourceRepositoryVisibility"),
    (23, "deploymentEnvironment"),
    (24, "tokenSubject"),
];

/// The last arc of the extension with this name.
pub fn number(name: &str) -> Option<u8> {
    EXTENSIONS.iter().find(|(_, known)| *known == name).map(|(number, _)| *number)
}

/// The name of the extension with this last arc.
pub fn name(number: u8) -> Option<&'static str> {
    EXTENSIONS.iter().find(|(known, _)| *known == number).map(|(_, name)| *name)
}
