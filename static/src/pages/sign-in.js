/** Sign in: the first field that is empty has the focus. */

const fields = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll(".door input:not([type=hidden])")]);
fields.find((field) => !field.value)?.focus();
