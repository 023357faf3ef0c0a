//! The only file that throws. It throws an `Error` whose message is the refusal as JSON.

use inkan_core::error::Error;
use inkan_core::verify::report::error_json;
use wasm_bindgen::JsError;

/// The result of a function of the seam.
pub(crate) type Thrown<T> = Result<T, JsError>;

/// Makes the refusal throwable.
pub(crate) fn thrown(error: Error) -> JsError {
    JsError::new(&error_json(&error))
}
