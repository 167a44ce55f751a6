// What use.ts needs of node.
declare module "node:fs/promises" {
  export function readFile(path: string): Promise<Uint8Array>;
}
declare const process: { argv: string[] };
