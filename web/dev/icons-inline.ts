// Writes `<Icon name="x" />` out as the `<svg>` it draws, wherever all of it is known when the app is built: a component for
// each icon is what makes a first paint slow. What depends on something stays a component.
import type { NodeTransform, TemplateChildNode } from '@vue/compiler-core';
import { parse, type ElementNode } from '@vue/compiler-dom';

const ELEMENT = 1;
const ATTRIBUTE = 6;
const KNOWN = new Set(['name', 'size', 'full', 'flip', 'class']);
/** Where and whether an element stands, and not what it looks like. */
const PLACE = new Set(['if', 'else-if', 'else', 'for', 'slot']);

/** For the compiler of templates: both builds and the tests draw the same. */
export const inlineIcons: NodeTransform = (node) => {
  if (node.type === 0) within(node.children);
};

function within(children: readonly TemplateChildNode[]) {
  for (const child of children) {
    if (child.type !== ELEMENT) continue;
    if (child.tag === 'Icon') inline(child);
    within(child.children);
  }
}

/** <Icon> as ui/Icon.vue draws it. */
function inline(icon: ElementNode) {
  const said: Record<string, string> = {};
  for (const prop of icon.props) {
    if (prop.type === ATTRIBUTE ? !KNOWN.has(prop.name) : !PLACE.has(prop.name)) return;
    if (prop.type === ATTRIBUTE) said[prop.name] = prop.value?.content ?? '';
  }
  if (!said['name'] || icon.children.length > 0) return;
  const classes = ['icon', said['size'], 'full' in said && 'full', 'flip' in said && 'flip', said['class']].filter(Boolean).join(' ');
  const drawn = parse(`<svg class="${classes}" aria-hidden="true" viewBox="0 0 24 24"><use href="#i-${said['name']}"/></svg>`).children[0] as ElementNode;
  Object.assign(icon, {
    tag: drawn.tag, ns: drawn.ns, tagType: drawn.tagType, isSelfClosing: false, children: drawn.children,
    props: [...icon.props.filter((prop) => prop.type !== ATTRIBUTE), ...drawn.props],
  });
}
