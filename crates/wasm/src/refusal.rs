//! The one place that throws: an `Error` whose message is the refusal as JSON.

use inkan_core::error::Error;
use inkan_core::verify::report::error_json;
use wasm_bindgen::JsError;

/// What a function of the seam gives or throws.
pub(crate) type Thrown<T> = Result<T, JsError>;

/// Makes the refusal throwable.
pub(crate) fn thrown(error: Error) -> JsError {
    JsError::new(&error_json(&error))
}
