//! SHA-2, computed by ring.

use std::cell::OnceCell;

use ring::digest;

use crate::encoding::hex;
use crate::error::{Code, Error, Result};

/// A hash function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HashAlgorithm {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl HashAlgorithm {
    /// All of them, weakest first.
    pub const ALL: [Self; 3] = [Self::Sha256, Self::Sha384, Self::Sha512];

    /// The name in Rekor v1 entries, in-toto digests and on command lines.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sha384 => "sha384",
            Self::Sha512 => "sha512",
        }
    }

    /// The name in protobuf-specs (`HashAlgorithm`).
    pub fn protobuf_name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA2_256",
            Self::Sha384 => "SHA2_384",
            Self::Sha512 => "SHA2_512",
        }
    }

    /// The number in protobuf-specs (`HashAlgorithm`).
    pub fn protobuf_number(self) -> i32 {
        match self {
            Self::Sha256 => 1,
            Self::Sha384 => 2,
            Self::Sha512 => 3,
        }
    }

    /// The algorithm of this [`Self::name`].
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// The algorithm of this [`Self::protobuf_name`].
    pub fn from_protobuf_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.protobuf_name() == name)
    }

    /// The algorithm of this [`Self::protobuf_number`].
    pub fn from_protobuf_number(number: i32) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.protobuf_number() == number)
    }

    /// Length of a digest, in bytes.
    pub fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    /// Hashes `bytes`.
    pub fn digest(self, bytes: &[u8]) -> Digest {
        self.digest_parts(&[bytes])
    }

    /// Hashes the concatenation of `parts`.
    pub fn digest_parts(self, parts: &[&[u8]]) -> Digest {
        let mut hasher = Hasher::new(self);
        for part in parts {
            hasher.update(part);
        }
        hasher.finish()
    }
}

/// Hashes bytes that come in pieces.
#[derive(Clone)]
pub struct Hasher {
    algorithm: HashAlgorithm,
    context: digest::Context,
}

impl Hasher {
    /// A hasher without any bytes yet.
    pub fn new(algorithm: HashAlgorithm) -> Self {
        let context = digest::Context::new(match algorithm {
            HashAlgorithm::Sha256 => &digest::SHA256,
            HashAlgorithm::Sha384 => &digest::SHA384,
            HashAlgorithm::Sha512 => &digest::SHA512,
        });
        Self { algorithm, context }
    }

    /// Adds a piece.
    pub fn update(&mut self, bytes: &[u8]) {
        self.context.update(bytes);
    }

    /// The digest of all pieces.
    pub fn finish(self) -> Digest {
        Digest { algorithm: self.algorithm, bytes: self.context.finish().as_ref().to_vec() }
    }
}

/// A digest and its algorithm. The length fits the algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digest {
    algorithm: HashAlgorithm,
    bytes: Vec<u8>,
}

impl Digest {
    /// A digest that somebody states.
    ///
    /// # Errors
    /// `ERR_DIGEST_ALGORITHM` if the length is not the algorithm's.
    pub fn from_bytes(algorithm: HashAlgorithm, bytes: &[u8]) -> Result<Self> {
        if bytes.len() != algorithm.length() {
            return Err(Error::new(Code::DigestAlgorithm)
                .expected(format_args!("{} bytes for {}", algorithm.length(), algorithm.name()))
                .found(format_args!("{} bytes", bytes.len())));
        }
        Ok(Self { algorithm, bytes: bytes.to_vec() })
    }

    /// The algorithm.
    pub fn algorithm(&self) -> HashAlgorithm {
        self.algorithm
    }

    /// The digest.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl std::fmt::Display for Digest {
    /// `sha256:<hex>`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.algorithm.name(), hex::encode(&self.bytes))
    }
}

/// Bytes and their digests. Each digest is computed once, on demand.
#[derive(Debug)]
pub struct Hashed<'a> {
    bytes: &'a [u8],
    sha256: OnceCell<Digest>,
    sha384: OnceCell<Digest>,
    sha512: OnceCell<Digest>,
}

impl<'a> Hashed<'a> {
    /// Bytes whose digests are not computed yet.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, sha256: OnceCell::new(), sha384: OnceCell::new(), sha512: OnceCell::new() }
    }

    /// The bytes.
    pub fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// Their digest.
    pub fn digest(&self, algorithm: HashAlgorithm) -> &Digest {
        match algorithm {
            HashAlgorithm::Sha256 => &self.sha256,
            HashAlgorithm::Sha384 => &self.sha384,
            HashAlgorithm::Sha512 => &self.sha512,
        }
        .get_or_init(|| algorithm.digest(self.bytes))
    }
}

/// SHA-256 of `bytes`.
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    sha256_parts(&[bytes])
}

/// SHA-256 of the concatenation of `parts`.
pub fn sha256_parts(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = digest::Context::new(&digest::SHA256);
    for part in parts {
        context.update(part);
    }
    context.finish().as_ref().try_into().unwrap_or([0; 32])
}
