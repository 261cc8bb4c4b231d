import { posix } from "node:path";
import ts from "typescript";
import type { Files } from "./tree.ts";

export interface Import {
  /** The file that imports. */
  readonly from: string;
  readonly line: number;
  readonly specifier: string;
  /** Erased when the code runs. */
  readonly typeOnly: boolean;
  /** The file that a relative specifier names, from the root; it may lie outside ("../x"). */
  readonly target: string | undefined;
}

/** Every static, dynamic and type import, re-export and require in the code of the tree. */
export function readImports(files: Files): Import[] {
  const imports: Import[] = [];
  for (const [path, text] of files) {
    if (/\.(ts|tsx|js|mjs|cjs)$/.test(path)) imports.push(...importsOf(path, text));
  }
  return imports;
}

function importsOf(path: string, text: string): Import[] {
  const kind = path.endsWith(".tsx") ? ts.ScriptKind.TSX : undefined;
  const source = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, false, kind);
  const imports: Import[] = [];

  const add = (node: ts.Node, specifier: string, typeOnly: boolean): void => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    const relative = specifier.startsWith(".");
    const target = relative
      ? posix.normalize(posix.join(posix.dirname(path), specifier))
      : undefined;
    imports.push({ from: path, line: line + 1, specifier, typeOnly, target });
  };

  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node, node.moduleSpecifier.text, isTypeOnlyImport(node));
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier !== undefined) {
      if (ts.isStringLiteral(node.moduleSpecifier)) {
        add(node, node.moduleSpecifier.text, isTypeOnlyExport(node));
      }
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      if (ts.isStringLiteral(node.argument.literal)) add(node, node.argument.literal.text, true);
    } else if (ts.isCallExpression(node)) {
      const [argument] = node.arguments;
      if (loadsModule(node.expression) && argument && ts.isStringLiteralLike(argument)) {
        add(node, argument.text, false);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return imports;
}

/** import(…), require(…), import.meta.resolve(…), require.resolve(…), vi.mock(…) */
function loadsModule(callee: ts.Expression): boolean {
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true;
  if (ts.isIdentifier(callee)) return callee.text === "require";
  if (!ts.isPropertyAccessExpression(callee)) return false;
  if (ts.isMetaProperty(callee.expression)) return callee.name.text === "resolve";
  if (!ts.isIdentifier(callee.expression)) return false;
  return ["require.resolve", "vi.mock"].includes(`${callee.expression.text}.${callee.name.text}`);
}

function isTypeOnlyImport({ importClause: clause }: ts.ImportDeclaration): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

function isTypeOnlyExport(node: ts.ExportDeclaration): boolean {
  if (node.isTypeOnly) return true;
  const clause = node.exportClause;
  if (clause === undefined || !ts.isNamedExports(clause)) return false;
  return clause.elements.length > 0 && clause.elements.every((element) => element.isTypeOnly);
}
