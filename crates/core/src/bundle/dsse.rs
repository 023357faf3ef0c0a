//! DSSE (secure-systems-lab/dsse protocol v1.0.2): what an envelope's signature covers.

use super::Envelope;
use crate::error::{Code, Error, Result};

/// The payload type of in-toto statements.
const IN_TOTO: &str = "application/vnd.in-toto+json";

/// The pre-authentication encoding. The type and the payload each follow their length, so that no part of one can be
/// read as part of the other.
pub fn pre_authentication_encoding(payload_type: &str, payload: &[u8]) -> Vec<u8> {
    let mut out = format!("DSSEv1 {} {payload_type} {} ", payload_type.len(), payload.len()).into_bytes();
    out.extend_from_slice(payload);
    out
}

impl Envelope {
    /// The payload, if its type is that of in-toto statements. Does not check who signed it.
    ///
    /// # Errors
    /// `ERR_DSSE_PAYLOAD_TYPE`.
    pub fn in_toto_payload(&self) -> Result<&[u8]> {
        if self.payload_type != IN_TOTO {
            return Err(Error::new(Code::DssePayloadType)
                .on("dsseEnvelope.payloadType")
                .expected(IN_TOTO)
                .found(&self.payload_type));
        }
        Ok(&self.payload)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn envelope(payload_type: &str, payload: &[u8]) -> Envelope {
        Envelope { payload_type: payload_type.to_owned(), payload: payload.to_vec(), signatures: Vec::new() }
    }

    #[test]
    fn encodes_as_the_protocol_says() {
        let encoding = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world");
        assert_eq!(encoding, b"DSSEv1 29 http://example.com/HelloWorld 11 hello world");
        assert_eq!(pre_authentication_encoding("", b""), b"DSSEv1 0  0 ");
        assert_eq!(pre_authentication_encoding("é", b"x"), "DSSEv1 2 é 1 x".as_bytes());
    }

    #[test]
    fn only_in_toto_payloads() {
        assert_eq!(envelope(IN_TOTO, b"{}").in_toto_payload().unwrap(), b"{}");
        for kind in ["", "application/vnd.in-toto+json; charset=utf-8", "application/vnd.in-toto+dsse", "text/plain"] {
            let error = envelope(kind, b"{}").in_toto_payload().unwrap_err();
            assert_eq!(error.code(), Code::DssePayloadType, "{kind}");
        }
    }
}
