// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

pub(crate) mod asynchronous;
pub(crate) mod constants;
pub(crate) mod exports;
pub(crate) mod fields;
pub(crate) mod inputs;
pub(crate) mod lists;
pub(crate) mod operations;
pub(crate) mod outputs;
pub(crate) mod readers;
