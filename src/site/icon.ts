/** The icon: two speech bubbles that meet. */
export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#0b5c7d" d="M3 4h17v11H10l-5 5v-5H3z"/><path fill="#7cc4e4" d="M29 12h-7v5h-9v6h11l5 5z"/></svg>`;
