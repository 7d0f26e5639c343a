// The files of the browser's build that a component needs at once, by the component's own file (dev/chunks.ts).
declare module 'virtual:rolo-chunks' {
  const chunks: Readonly<Record<string, { scripts: readonly string[]; styles: readonly string[] }>>;
  export default chunks;
}
