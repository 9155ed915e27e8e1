declare module '*.json?later' {
  const words: import('./catalogue').Catalogue;
  export default words;
}
