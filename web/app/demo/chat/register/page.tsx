/** The address that the registration is posted to; opened in a browser it is the form. */
export { default, metadata } from "../page.tsx";
