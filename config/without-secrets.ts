import { isPair, isScalar, parseDocument, visit } from "yaml";

const LEFT_OUT = "(left out)";

/**
 * The text of a configuration without what gives access: addresses of webhooks, passwords in addresses. Comments stay; secrets in
 * files are only named in it.
 */
export function withoutSecrets(text: string): string {
  const document = parseDocument(text, { prettyErrors: false });
  visit(document, {
    Pair: (_, pair, path) => {
      const isNotification = path.some(
        (node) => isPair(node) && isScalar(node.key) && node.key.value === "notifications",
      );
      if (isNotification && isScalar(pair.key) && pair.key.value === "url" && isScalar(pair.value))
        pair.value.value = LEFT_OUT;
    },
    Scalar: (_, node) => {
      if (typeof node.value === "string")
        node.value = node.value.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]+@/i, "$1***@");
    },
  });
  return String(document);
}
