//! One signing, from the key to the bundle. A closure may change the result of each step before the next step signs or
//! records it. So a case has one defect, and everything else in it is consistent.

use serde_json::{Value, json};

use crate::ca::{self, WORKFLOW};
use crate::ct::{self, Sct};
use crate::dsse::{self, Envelope};
use crate::key::{Scheme, Secret, sha256};
use crate::rekor::{Log, Place, USUAL};
use crate::rekor_bodies::{self as bodies, Verifier};
use crate::stack::Stack;
use crate::text::base64;
use crate::time::NOW;
use crate::tsa::Token;
use crate::x509::{Name, Template};

/// Which transparency log takes the signature in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Era {
    /// Rekor v1: a promise, no timestamp.
    V1,
    /// Rekor v2: a timestamp, no promise.
    V2,
    /// None: a timestamp only.
    Unlogged,
}

/// The kind of the log entry of an attestation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Hashedrekord,
    Dsse,
    Intoto,
}

type Spoil<'s, T> = Box<dyn Fn(&mut T) + 's>;

/// A signing in preparation.
pub(crate) struct Signing<'s> {
    stack: &'s Stack,
    key: Secret,
    scheme: Scheme,
    san: Name,
    managed: bool,
    era: Era,
    kind: Kind,
    place: Place,
    when: i64,
    stamped: bool,
    leaf: Spoil<'s, Template>,
    sealed: Spoil<'s, Template>,
    scts: Spoil<'s, Vec<Sct>>,
    signature: Spoil<'s, Vec<u8>>,
    body: Spoil<'s, Value>,
    token: Spoil<'s, Token>,
}

fn nothing<'s, T>() -> Spoil<'s, T> {
    Box::new(|_| ())
}

impl<'s> Signing<'s> {
    /// The usual: a P-256 leaf for the workflow, logged in Rekor v2, timestamped.
    pub(crate) fn new(stack: &'s Stack) -> Self {
        let key = Secret::p256("leaf");
        Self {
            stack,
            scheme: key.scheme(),
            key,
            san: Name::Uri(WORKFLOW.into()),
            managed: false,
            era: Era::V2,
            kind: Kind::Hashedrekord,
            place: USUAL,
            when: NOW,
            stamped: true,
            leaf: nothing(),
            sealed: nothing(),
            scts: nothing(),
            signature: nothing(),
            body: nothing(),
            token: nothing(),
        }
    }

    /// As [`Signing::new`], logged in Rekor v1 without a timestamp.
    pub(crate) fn v1(stack: &'s Stack) -> Self {
        let mut signing = Self::new(stack);
        signing.era = Era::V1;
        signing.stamped = false;
        signing
    }

    /// With another key.
    pub(crate) fn key(mut self, key: Secret) -> Self {
        self.scheme = key.scheme();
        self.key = key;
        self
    }

    /// With a managed key in place of a certificate.
    pub(crate) fn managed(self, key: Secret) -> Self {
        Self { managed: true, ..self.key(key) }
    }

    /// By another scheme than the key's usual one.
    pub(crate) fn scheme(self, scheme: Scheme) -> Self {
        Self { scheme, ..self }
    }

    /// For another identity.
    pub(crate) fn san(self, san: Name) -> Self {
        Self { san, ..self }
    }

    /// In another log, or none.
    pub(crate) fn era(self, era: Era) -> Self {
        Self { era, ..self }
    }

    /// As another kind of log entry (attestations).
    pub(crate) fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// At another place of another tree.
    pub(crate) fn place(self, place: Place) -> Self {
        Self { place, ..self }
    }

    /// At another time: both the log's and the timestamp's.
    pub(crate) fn when(self, when: i64) -> Self {
        Self { when, ..self }
    }

    /// With or without a timestamp.
    pub(crate) fn stamped(self, stamped: bool) -> Self {
        Self { stamped, ..self }
    }

    /// Changes the leaf before its SCT is made.
    pub(crate) fn leaf(self, spoil: impl Fn(&mut Template) + 's) -> Self {
        Self { leaf: Box::new(spoil), ..self }
    }

    /// Changes the leaf after its SCT was embedded, before it is signed.
    pub(crate) fn sealed(self, spoil: impl Fn(&mut Template) + 's) -> Self {
        Self { sealed: Box::new(spoil), ..self }
    }

    /// Changes what the SCTs say.
    pub(crate) fn scts(self, spoil: impl Fn(&mut Vec<Sct>) + 's) -> Self {
        Self { scts: Box::new(spoil), ..self }
    }

    /// Changes the signature before anything records it.
    pub(crate) fn signature(self, spoil: impl Fn(&mut Vec<u8>) + 's) -> Self {
        Self { signature: Box::new(spoil), ..self }
    }

    /// Changes the log entry's body before it is logged.
    pub(crate) fn body(self, spoil: impl Fn(&mut Value) + 's) -> Self {
        Self { body: Box::new(spoil), ..self }
    }

    /// Changes the timestamp before it is signed.
    pub(crate) fn token(self, spoil: impl Fn(&mut Token) + 's) -> Self {
        Self { token: Box::new(spoil), ..self }
    }

    /// The leaf certificate.
    pub(crate) fn certificate(&self) -> Vec<u8> {
        let issuer = self.stack.fulcio.issuer();
        let mut template = ca::leaf(issuer, self.key.spki(), &self.san);
        (self.leaf)(&mut template);
        let mut scts = vec![self.stack.ct.sct(self.when - 60)];
        (self.scts)(&mut scts);
        if !scts.is_empty() {
            let signed: Vec<Vec<u8>> = scts.iter().map(|sct| self.stack.ct.sign(sct, &template, issuer)).collect();
            ct::embed(&mut template, &signed);
        }
        (self.sealed)(&mut template);
        template.sign(&issuer.key)
    }

    fn log(&self) -> Option<&'s Log> {
        match self.era {
            Era::V1 => Some(&self.stack.rekor1),
            Era::V2 => Some(&self.stack.rekor2),
            Era::Unlogged => None,
        }
    }

    fn verifier(&self, certificate: &[u8]) -> Verifier {
        if self.managed { Verifier::Key(self.key.spki()) } else { Verifier::Certificate(certificate.to_vec()) }
    }

    /// Signs `message`.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let mut signature = self.key.sign_with(self.scheme, message);
        (self.signature)(&mut signature);
        signature
    }

    /// A bundle with a message signature over `artifact`.
    pub(crate) fn message(&self, artifact: &[u8]) -> Value {
        let certificate = self.certificate();
        let signature = self.sign(artifact);
        let hash = self.scheme.hash();
        let digest = hash.digest(artifact);
        let verifier = self.verifier(&certificate);
        let body = match self.era {
            Era::V1 => bodies::hashedrekord_v1(hash, &digest, &signature, &verifier),
            _ => bodies::hashedrekord_v2(hash, &digest, &signature, &verifier, &self.key, self.scheme),
        };
        let mut content = json!({ "signature": base64(&signature) });
        content["messageDigest"] = match self.scheme {
            // A pure signature has no digest; protobuf-JSON leaves out what is empty.
            Scheme::Ed25519 => json!({}),
            _ => json!({ "algorithm": hash.name(), "digest": base64(&digest) }),
        };
        self.bundle(&certificate, &signature, body, "messageSignature", content)
    }

    /// A bundle with an envelope around `statement`.
    pub(crate) fn attest(&self, statement: &Value) -> Value {
        self.attest_bytes(dsse::IN_TOTO, &serde_json::to_vec(statement).unwrap())
    }

    /// A bundle with an envelope around any payload.
    pub(crate) fn attest_bytes(&self, payload_type: &str, payload: &[u8]) -> Value {
        let certificate = self.certificate();
        let encoding = dsse::pae(payload_type, payload);
        let signature = self.sign(&encoding);
        let envelope =
            Envelope { payload_type: payload_type.into(), payload: payload.to_vec(), signature: signature.clone() };
        let verifier = self.verifier(&certificate);
        let hash = self.scheme.hash();
        let digest = hash.digest(&encoding);
        let body = match (self.era, self.kind) {
            (Era::V1, Kind::Intoto) => bodies::intoto(&envelope, &verifier),
            (Era::V1, _) => bodies::dsse_v1(&envelope, &verifier),
            (_, Kind::Dsse) => bodies::dsse_v2(&envelope, &verifier, &self.key),
            _ => bodies::hashedrekord_v2(hash, &digest, &signature, &verifier, &self.key, self.scheme),
        };
        self.bundle(&certificate, &signature, body, "dsseEnvelope", envelope.json())
    }

    fn bundle(&self, certificate: &[u8], signature: &[u8], mut body: Value, field: &str, content: Value) -> Value {
        (self.body)(&mut body);
        let mut material = if self.managed {
            json!({ "publicKey": { "hint": base64(sha256(self.key.spki())) } })
        } else {
            json!({ "certificate": { "rawBytes": base64(certificate) } })
        };
        if let Some(log) = self.log() {
            material["tlogEntries"] = json!([log.enter(&body, self.place, self.when)]);
        }
        if self.stamped {
            let mut token = self.stack.tsa.token(signature, self.when);
            (self.token)(&mut token);
            material["timestampVerificationData"] = stamps(&[self.stack.tsa.sign(&token)]);
        }
        let mut bundle = json!({
            "mediaType": "application/vnd.dev.sigstore.bundle.v0.3+json",
            "verificationMaterial": material,
        });
        bundle[field] = content;
        bundle
    }
}

/// `timestampVerificationData` with these tokens.
pub(crate) fn stamps(tokens: &[Vec<u8>]) -> Value {
    let tokens: Vec<Value> = tokens.iter().map(|token| json!({ "signedTimestamp": base64(token) })).collect();
    json!({ "rfc3161Timestamps": tokens })
}
