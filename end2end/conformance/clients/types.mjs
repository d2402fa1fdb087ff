// Holds an answer against the types a client publishes: its own declarations, read with the TypeScript compiler.
// An optional member may be missing but not null; what the types do not mention is nobody's business.
import { createRequire } from "node:module";

export class Types {
  constructor(files, modules) {
    const require = createRequire(modules + "/");
    this.ts = require("typescript");
    const options = { strict: true, moduleResolution: this.ts.ModuleResolutionKind.Node10, target: this.ts.ScriptTarget.ES2022, types: [] };
    this.program = this.ts.createProgram(files, options);
    this.checker = this.program.getTypeChecker();
  }

  /** What a method of a class answers, with its promise taken off; undefined when the file declares no such class. */
  answer(file, className, method) {
    const source = this.program.getSourceFile(file);
    const module = source && this.checker.getSymbolAtLocation(source);
    const symbol = module && this.checker.getExportsOfModule(module).find((one) => one.name === className);
    const property = symbol && this.checker.getPropertyOfType(this.checker.getDeclaredTypeOfSymbol(symbol), method);
    const answer = property && this.checker.getTypeOfSymbol(property).getCallSignatures()[0].getReturnType();
    return answer && (answer.aliasTypeArguments?.[0] ?? this.checker.getTypeArguments(answer)[0]);
  }

  /** Where a value does not fit. */
  misfits(value, type, at = "answer", out = []) {
    const { ts, checker } = this;
    const flag = (bit) => (type.flags & bit) !== 0;
    if (flag(ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.Void)) return out;
    const told = () => out.push(`${at}: ${JSON.stringify(value)?.slice(0, 60)} is no ${checker.typeToString(type).slice(0, 80)}`);
    if (type.isUnion()) {
      if (!type.types.some((one) => this.misfits(value, one, at, []).length === 0)) told();
      return out;
    }
    if (flag(ts.TypeFlags.Undefined)) value === undefined || told();
    else if (flag(ts.TypeFlags.Null)) value === null || told();
    else if (type.isStringLiteral() || type.isNumberLiteral()) value === type.value || told();
    else if (flag(ts.TypeFlags.BooleanLiteral)) String(value) === checker.typeToString(type) || told();
    else if (flag(ts.TypeFlags.StringLike)) typeof value === "string" || told();
    else if (flag(ts.TypeFlags.NumberLike)) typeof value === "number" || told();
    else if (flag(ts.TypeFlags.BooleanLike)) typeof value === "boolean" || told();
    else if (checker.isArrayType(type)) {
      if (!Array.isArray(value)) told();
      else value.slice(0, 3).forEach((one, n) => this.misfits(one, checker.getTypeArguments(type)[0], `${at}[${n}]`, out));
    } else if (value === null || typeof value !== "object" || Array.isArray(value)) told();
    else
      for (const property of checker.getPropertiesOfType(type)) {
        const wanted = checker.getTypeOfSymbol(property);
        const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
        const given = value[property.name];
        if (given === undefined) optional || out.push(`${at}.${property.name}: missing`);
        else this.misfits(given, optional ? checker.getNonNullableType(wanted) : wanted, `${at}.${property.name}`, out);
      }
    return out;
  }
}
