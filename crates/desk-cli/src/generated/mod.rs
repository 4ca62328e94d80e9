// @generated from openapi/desk.yaml by `cargo xtask codegen`. Do not edit.

pub(crate) mod lists;
pub(crate) mod operations;
pub(crate) mod pages;
