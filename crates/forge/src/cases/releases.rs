//! GitHub's attestations of releases: one certificate for every repository, a timestamp, no log. The layout is that of real
//! ones: a leaf of a year without an issuer, and a statement whose first subject is the release.

use serde_json::{Value, json};

use crate::ca::{Authority, OIDC_ISSUER, WORKFLOW};
use crate::der;
use crate::edit::{STAMP, at, flip, remove, with};
use crate::key::{Hash, Secret};
use crate::signing::{Era, Signing};
use crate::stack::{Stack, authority, ct_log, log};
use crate::text::hex;
use crate::time::{DAY, NOW};
use crate::tsa::Tsa;
use crate::vectors::{ARTIFACT, Case, Vectors};
use crate::x509::{self, Name};

const ATTESTER: &str = "https://dotcom.releases.github.com";
pub(super) const REPOSITORY: &str = "acme/mcp-tools";
pub(super) const TAG: &str = "v1.4.2";
pub(super) const REPOSITORY_ID: &str = "987654321";
const OWNER_ID: &str = "4321";
pub(super) const TWIN: &str = "releases/v0.2";
const SOURCE: &str = "issue 15; in-toto predicate release";

pub(crate) fn add(vectors: &mut Vectors, stack: &Stack) {
    let github = github();
    policies(vectors, &github);
    signers(vectors, &github, stack);
    times(vectors, &github);
    options(vectors, &github);
    catalogues(vectors, &github);
}

/// GitHub's own instance: an authority and a timestamp authority, no logs.
pub(super) fn github() -> Stack {
    let name =
        |level: usize| x509::name_in("GitHub, Inc.", ["Internal Services Root", "Fulcio Intermediate l1"][level]);
    let fulcio = Authority::new("github", 1, |level, template| {
        template.subject = name(level);
        template.issuer = name(0);
    });
    Stack { fulcio, tsa: Tsa::new("github-tsa"), ..Stack::named("github") }
}

fn root(github: &Stack) -> Value {
    json!({
        "mediaType": "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
        "certificateAuthorities": [authority("fulcio.githubapp.com", &github.fulcio.chain())],
        "timestampAuthorities": [authority("timestamp.githubapp.com", &github.tsa.chain())],
    })
}

/// A signing by GitHub's attester, of any authority: a leaf of a year without an extension of Fulcio's.
pub(super) fn signing(stack: &Stack) -> Signing<'_> {
    Signing::new(stack)
        .key(Secret::p256("attester"))
        .san(Name::Uri(ATTESTER.into()))
        .era(Era::Unlogged)
        .scts(|scts| scts.clear())
        .leaf(|leaf| {
            leaf.subject = x509::name_in("GitHub, Inc.", "Attester");
            leaf.not_before = NOW - 100 * DAY;
            leaf.not_after = NOW + 265 * DAY;
            leaf.remove(&x509::fulcio_oid(1));
            leaf.remove(&x509::fulcio_oid(8));
        })
}

/// What GitHub attests of a release with this asset.
pub(super) fn release(asset: &[u8]) -> Value {
    release_at(TAG, asset)
}

fn release_at(tag: &str, asset: &[u8]) -> Value {
    let purl = format!("pkg:github/{REPOSITORY}@{tag}");
    let sha256 = |bytes: &[u8]| json!({ "sha256": hex(Hash::Sha256.digest(bytes)) });
    json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [
            { "uri": purl, "digest": { "sha1": hex(Hash::Sha1.digest(b"commit")) } },
            { "name": "tools.tar.gz", "digest": sha256(b"tools") },
            { "name": "catalogue.json", "digest": sha256(asset) },
        ],
        "predicateType": "https://in-toto.io/attestation/release/v0.2",
        "predicate": {
            "databaseId": "291980663",
            "ownerId": OWNER_ID,
            "packageId": REPOSITORY_ID,
            "purl": purl,
            "repository": REPOSITORY,
            "repositoryId": REPOSITORY_ID,
            "tag": tag,
        },
    })
}

pub(super) fn usual() -> Value {
    release(ARTIFACT.as_bytes())
}

/// The policy of most cases.
pub(super) fn pinned() -> Value {
    json!({ "repository": REPOSITORY })
}

pub(super) fn case(title: &str, github: &Stack, policy: Value, bundle: Value) -> Case {
    Case::keyless(title, SOURCE, bundle).root(root(github)).identity(json!({ "githubRelease": policy }))
}

/// The usual attestation under other policies.
fn policies(vectors: &mut Vectors, github: &Stack) {
    let bundle = signing(github).attest(&usual());
    let with_policy = |title: &str, policy: Value| case(title, github, policy, bundle.clone());
    vectors.add(TWIN, with_policy("a release of the pinned repository", pinned()));
    let of_kind = with_policy("the attestation itself is asked for", pinned());
    vectors.add("releases/as-attestation", of_kind.attestation());
    for (name, title, tag) in [
        ("tag-exact", "the tag is pinned exactly", TAG),
        ("tag-pattern", "the tag is pinned by a glob", "v1.*"),
        ("tag-any", "any tag", "**"),
    ] {
        vectors.add(&format!("releases/{name}"), with_policy(title, json!({ "repository": REPOSITORY, "tag": tag })));
    }
    let ids = |repository_id: &str, owner_id: &str| json!({ "repository": REPOSITORY, "repositoryId": repository_id, "ownerId": owner_id });
    vectors.add("releases/ids", with_policy("both ids are pinned", ids(REPOSITORY_ID, OWNER_ID)));
    let mut refuse = |name: &str, title: &str, twin: &str, policy: Value| {
        let case = with_policy(title, policy).refused("ERR_IDENTITY_RELEASE").twin(&format!("releases/{twin}"));
        vectors.add(&format!("releases/{name}"), case);
    };
    for (name, title, repository) in [
        ("other-repository", "another repository of the owner is pinned", "acme/other"),
        ("other-owner", "a repository of another owner is pinned", "evil/mcp-tools"),
        ("owner-suffix", "the pinned owner's name ends in the same letters", "not-acme/mcp-tools"),
        ("name-prefix", "the pinned name is the beginning", "acme/mcp"),
        ("letter-case", "the pinned repository differs in letter case", "Acme/MCP-tools"),
    ] {
        refuse(name, title, "v0.2", json!({ "repository": repository }));
    }
    for (name, title, twin, tag) in [
        ("other-tag", "another tag is pinned", "tag-exact", "v1.4.3"),
        ("tag-prefix", "the pinned tag is the beginning", "tag-exact", "v1.4"),
        ("tag-other-pattern", "the glob matches no such tag", "tag-pattern", "v2.*"),
    ] {
        refuse(name, title, twin, json!({ "repository": REPOSITORY, "tag": tag }));
    }
    refuse("other-repository-id", "the repository was made anew", "ids", ids("987654322", OWNER_ID));
    refuse("other-owner-id", "the owner is another one", "ids", ids(REPOSITORY_ID, "4322"));
    refuse("ids-swapped", "each id is the other's", "ids", ids(OWNER_ID, REPOSITORY_ID));
}

/// Who signed, and under which policy.
fn signers(vectors: &mut Vectors, github: &Stack, public: &Stack) {
    let good = || signing(github).attest(&usual());
    let mut refuse = |name: &str, title: &str, code: &str, bundle: Value| {
        vectors.add(&format!("releases/{name}"), case(title, github, pinned(), bundle).refused(code).twin(TWIN));
    };
    let named = |names: &[&str]| {
        let names: Vec<Name> = names.iter().map(|name| Name::Uri((*name).into())).collect();
        let set = x509::subject_alt_name(&names);
        signing(github).sealed(move |leaf| leaf.set(x509::SAN, true, set.clone())).attest(&usual())
    };
    let san = "ERR_IDENTITY_SAN";
    refuse("other-name", "another service of GitHub's", san, named(&["https://other.releases.github.com"]));
    refuse("name-slash", "the name with a slash at its end", san, named(&["https://dotcom.releases.github.com/"]));
    refuse("name-longer", "the name goes on", san, named(&["https://dotcom.releases.github.com.evil.example"]));
    refuse("name-case", "the name in other letter case", san, named(&["https://Dotcom.releases.github.com"]));
    let count = "ERR_IDENTITY_SAN_COUNT";
    refuse("two-names", "the name, and another", count, named(&[ATTESTER, "https://evil.example"]));
    refuse("two-names-second", "another name, and this one", count, named(&["https://evil.example", ATTESTER]));
    let nameless = signing(github).sealed(|leaf| leaf.remove(x509::SAN)).attest(&usual());
    refuse("no-name", "no name at all", count, nameless);
    let dns = signing(github).san(Name::Dns(ATTESTER.into())).attest(&usual());
    refuse("name-as-dns", "the text as a dNSName", "ERR_IDENTITY_SAN_TYPE", dns);
    let extended = |arc: u32, text: &'static str| {
        let signing = signing(github);
        signing.sealed(move |leaf| leaf.set(&x509::fulcio_oid(arc), false, der::utf8(text))).attest(&usual())
    };
    refuse("with-issuer", "an OIDC issuer vouched for the name", "ERR_IDENTITY_ISSUER", extended(8, OIDC_ISSUER));
    let older = signing(github)
        .sealed(|leaf| leaf.set(&x509::fulcio_oid(1), false, OIDC_ISSUER.as_bytes().to_vec()))
        .attest(&usual());
    refuse("with-old-issuer", "an OIDC issuer in the older extension", "ERR_IDENTITY_ISSUER", older);
    refuse(
        "with-extension",
        "an extension of Fulcio's without an issuer",
        "ERR_IDENTITY_EXTENSION",
        extended(12, "https://github.com/acme/mcp-tools"),
    );
    let message = signing(github).message(ARTIFACT.as_bytes());
    refuse("message-signature", "GitHub's attester signed the file itself", "ERR_BUNDLE_CONTENT", message);
    let changed = with(good(), |b| {
        let other = with(usual(), |s| s["predicate"]["repository"] = json!("acme/mcp-tool5"));
        *at(b, "/dsseEnvelope/payload") = json!(crate::text::base64(other.to_string()));
    });
    refuse("payload-changed", "the payload changed", "ERR_SIGNATURE_INVALID", changed);
    let other_payload = signing(github).attest_bytes("application/json", usual().to_string().as_bytes());
    refuse("payload-type", "another payload type", "ERR_DSSE_PAYLOAD_TYPE", other_payload);

    // Fulcio's public instance has no such leaf. Under its root a leaf with an issuer is refused, whatever its name.
    let public_root = |case: Case| case.root_source(json!({ "file": "forged/trusted_root.json" }));
    let from_fulcio = |title: &str, bundle: Value| public_root(case(title, github, pinned(), bundle));
    let public_leaf = || Signing::new(public).san(Name::Uri(ATTESTER.into()));
    vectors.add(
        "releases/other-root",
        from_fulcio("the trust root decides whose attester it is", signing(public).attest(&usual())),
    );
    vectors.add(
        "releases/fulcio-leaf",
        from_fulcio("a leaf of Fulcio's with the attester's name", public_leaf().attest(&usual()))
            .refused("ERR_IDENTITY_ISSUER")
            .twin("releases/other-root"),
    );
    vectors.add(
        "releases/fulcio-leaf-under-github",
        case("the same under GitHub's root", github, pinned(), signing(public).attest(&usual()))
            .refused("ERR_TIMESTAMP_UNTRUSTED")
            .twin("releases/other-root"),
    );
    let foreign_leaf = Stack { fulcio: public.fulcio.clone(), ..github.clone() };
    vectors.add(
        "releases/foreign-chain",
        case(
            "the leaf is another authority's, the timestamp GitHub's",
            github,
            pinned(),
            signing(&foreign_leaf).attest(&usual()),
        )
        .refused("ERR_CHAIN_UNTRUSTED")
        .twin(TWIN),
    );
    vectors.add(
        "releases/ordinary-bundle",
        from_fulcio("what a workflow signed", Signing::new(public).message(ARTIFACT.as_bytes()))
            .refused("ERR_IDENTITY_SAN")
            .twin("honest/keyless-v2"),
    );
    vectors.add(
        "releases/ordinary-attestation",
        from_fulcio("a workflow's attestation with a release in it", Signing::new(public).attest(&usual()))
            .refused("ERR_IDENTITY_SAN")
            .twin("releases/other-root"),
    );

    // A release under policies of a name and an issuer.
    let unlogged = json!({ "logEntries": 0, "timestamps": 1, "scts": 0 });
    let under = |title: &str, identity: Value| case(title, github, pinned(), good()).identity(identity);
    let issuer_policy = |san: &str| json!({ "san": san, "issuer": OIDC_ISSUER });
    for (name, title, code, identity) in [
        (
            "under-name-and-issuer",
            "the attester's name with an issuer is pinned",
            "ERR_IDENTITY_ISSUER",
            issuer_policy(ATTESTER),
        ),
        ("under-workflow", "a workflow is pinned", "ERR_IDENTITY_SAN", issuer_policy(WORKFLOW)),
    ] {
        vectors.add(
            &format!("releases/{name}"),
            under(title, identity).thresholds(unlogged.clone()).refused(code).twin(TWIN),
        );
    }
    vectors.add(
        "releases/under-name-by-default",
        under("the strict thresholds want logs", issuer_policy(ATTESTER))
            .refused("ERR_TRUST_ROOT_INCOMPLETE")
            .twin(TWIN),
    );
    let both = with(root(github), |root| {
        root["tlogs"] = json!([log(&public.rekor1), log(&public.rekor2)]);
        root["ctlogs"] = json!([ct_log(&public.ct)]);
    });
    let with_logs = |title: &str| case(title, github, pinned(), good()).root(both.clone());
    vectors.add("releases/root-with-logs", with_logs("the trust root has logs as well"));
    vectors.add(
        "releases/under-name-with-logs",
        with_logs("the strict thresholds want an SCT, which the root's logs could give")
            .identity(issuer_policy(ATTESTER))
            .refused("ERR_SCT_MISSING")
            .twin("releases/root-with-logs"),
    );
    vectors.add(
        "releases/log-entry-required",
        with_logs("the policy wants a log entry")
            .thresholds(json!({ "logEntries": 1 }))
            .refused("ERR_LOG_ENTRY_MISSING")
            .twin("releases/root-with-logs"),
    );
}

/// When GitHub signed.
fn times(vectors: &mut Vectors, github: &Stack) {
    let late = 265 * DAY;
    let at_time = |title: &str, when: i64| case(title, github, pinned(), signing(github).when(when).attest(&usual()));
    vectors.add("releases/last-second", at_time("signed in the leaf's last second", NOW + late));
    let mut refuse = |name: &str, code: &str, twin: &str, case: Case| {
        vectors.add(&format!("releases/{name}"), case.refused(code).twin(twin));
    };
    let validity = "ERR_CHAIN_VALIDITY";
    refuse("after-the-leaf", validity, "releases/last-second", at_time("signed after the leaf ended", NOW + late + 1));
    refuse("before-the-leaf", validity, TWIN, at_time("signed before the leaf began", NOW - 100 * DAY - 1));
    let short = "ERR_TIMESTAMP_THRESHOLD";
    let bare = signing(github).stamped(false).attest(&usual());
    refuse("no-timestamp", short, TWIN, case("no timestamp", github, pinned(), bare.clone()));
    let stripped = case(
        "no timestamp, and a log entry",
        github,
        pinned(),
        signing(github).era(Era::V1).stamped(false).attest(&usual()),
    );
    refuse("log-for-timestamp", "ERR_LOG_UNTRUSTED", TWIN, stripped);
    let spoilt = with(signing(github).attest(&usual()), |b| flip(b, STAMP, 3));
    refuse("timestamp-flipped", "ERR_TIMESTAMP_SIGNATURE", TWIN, case("a changed timestamp", github, pinned(), spoilt));
    let stranger = Stack { tsa: Tsa::new("stranger"), ..github.clone() };
    let foreign = signing(&stranger).attest(&usual());
    refuse(
        "foreign-timestamp",
        "ERR_TIMESTAMP_UNTRUSTED",
        TWIN,
        case("a stranger's timestamp", github, pinned(), foreign),
    );
    let none = with(root(github), |root| {
        remove(root, "/timestampAuthorities");
    });
    let rootless = case("the trust root has no timestamp authority", github, pinned(), bare).root(none);
    refuse("root-without-timestamps", "ERR_TRUST_ROOT_INCOMPLETE", TWIN, rootless);
}

/// What a policy may not say.
fn options(vectors: &mut Vectors, github: &Stack) {
    let bundle = signing(github).attest(&usual());
    let mut refuse = |name: &str, title: &str, code: &str, identity: Value| {
        let case = case(title, github, pinned(), bundle.clone()).identity(identity).refused(code).twin(TWIN);
        vectors.add(&format!("releases/option-{name}"), case);
    };
    let invalid = "ERR_OPTION_INVALID";
    let policy = |name: &str, value: Value| json!({ "githubRelease": with(pinned(), |policy| policy[name] = value) });
    refuse("no-repository", "no repository", invalid, json!({ "githubRelease": { "tag": "v1" } }));
    refuse("repository-alone", "a repository without its owner", invalid, policy("repository", json!("mcp-tools")));
    refuse("repository-glob", "a glob as the repository", invalid, policy("repository", json!("acme/*")));
    refuse("tag-stars", "three asterisks in a tag", invalid, policy("tag", json!("v***")));
    refuse("tag-full-ref", "a full ref as the tag", invalid, policy("tag", json!("refs/tags/v1.4.2")));
    refuse("tag-full-ref-glob", "a glob over full refs", invalid, policy("tag", json!("refs/tags/*")));
    refuse("id-number", "an id as a number", invalid, policy("repositoryId", json!(987_654_321)));
    refuse("id-text", "an id that is no number", invalid, policy("ownerId", json!("acme")));
    refuse("unknown", "an unknown option", "ERR_OPTION_UNKNOWN", policy("asset", json!("catalogue.json")));
    let beside = json!({ "githubRelease": pinned(), "san": ATTESTER, "issuer": OIDC_ISSUER });
    refuse("beside-name", "a name beside a release", "ERR_OPTION_UNKNOWN", beside);
    let weak = case("a threshold of no timestamp", github, pinned(), bundle.clone());
    vectors
        .add("releases/option-no-timestamps", weak.thresholds(json!({ "timestamps": 0 })).refused(invalid).twin(TWIN));
}

/// Releases in their order: two without a version, the second by a later certificate of GitHub's, and two with one.
fn series(github: &Stack) -> Value {
    let releases =
        [(1, None, -100), (2, None, -10), (3, Some(3), -100), (4, Some(4), -100)].map(|(number, version, days)| {
            let mut catalogue = json!({ "server": "https://tools.example.com/mcp" });
            if let Some(version) = version {
                catalogue["version"] = json!(version);
            }
            catalogue["tools"] = json!([{ "name": format!("tool-{number}"), "inputSchema": {} }]);
            let catalogue = catalogue.to_string();
            let statement = release_at(&format!("v{number}"), catalogue.as_bytes());
            let bundle = signing(github).sealed(move |leaf| leaf.not_before = NOW + days * DAY).attest(&statement);
            json!({ "catalogue": catalogue, "bundle": bundle })
        });
    json!({ "trustRoot": { "json": root(github) }, "releases": releases })
}

/// A catalogue that is an asset of a release.
fn catalogues(vectors: &mut Vectors, github: &Stack) {
    let text = json!({ "server": "https://tools.example.com/mcp", "version": 7, "tools": [{ "name": "search", "inputSchema": {} }] });
    let text = text.to_string();
    let bundle = signing(github).attest(&release(text.as_bytes()));
    let request = |server: &str| json!({ "kind": "catalogue", "server": server });
    let of = |title: &str, server: &str| {
        case(title, github, pinned(), bundle.clone()).artifact(&text).request(request(server))
    };
    vectors.file("forged/releases/series.json", &series(github));
    vectors.add("releases/catalogue", of("a catalogue that is an asset", "https://tools.example.com/mcp"));
    vectors.add(
        "releases/catalogue-other-server",
        of("a catalogue for another server", "https://evil.example/mcp")
            .refused("ERR_CATALOGUE_SERVER")
            .twin("releases/catalogue"),
    );
}
