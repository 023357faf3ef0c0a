//! A stub that carries bytes and strings across the seam, so that the build has something to build.

use wasm_bindgen::prelude::wasm_bindgen;

/// The version of the core.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

/// Verifies ECDSA signatures under one P-256 key.
#[wasm_bindgen]
pub struct Key {
    point: Vec<u8>,
}

#[wasm_bindgen]
impl Key {
    /// Takes an uncompressed point; proves nothing.
    #[wasm_bindgen(constructor)]
    pub fn new(point: &[u8]) -> Key {
        Key {
            point: point.to_vec(),
        }
    }

    /// Says `OK` or the code of the refusal.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> String {
        let key = ring::signature::UnparsedPublicKey::new(
            &ring::signature::ECDSA_P256_SHA256_ASN1,
            &self.point,
        );
        match key.verify(message, signature) {
            Ok(()) => "OK".to_owned(),
            Err(_) => "ERR_SIGNATURE_INVALID".to_owned(),
        }
    }
}
