declare module '*.json?later' {
  const words: import('./catalogue').Catalogue;
  export default words;
}

declare module '*.json?lobby' {
  const words: import('./catalogue').Catalogue;
  export default words;
}
