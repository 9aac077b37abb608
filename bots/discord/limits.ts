/** Discord's limits on a message of components, and what counts towards them. */

export const limits = {
  /** Characters of all text of a message together. */
  text: 4000,
  /** Components of a message, nested ones included. */
  components: 40,
  /** Components at the top of a modal. */
  modal: 5,
  modalText: 4000,
  title: 45,
  label: 45,
  buttonLabel: 80,
  customId: 100,
  threadName: 100,
  choices: 25,
  choiceName: 100,
  /** Characters of the brief's option; the flow's own limit is lower. */
  option: 2000,
  nonce: 25,
} as const;

const inside = (component: object): object[] => [
  ...("components" in component && Array.isArray(component.components) ? component.components : []),
  ...("component" in component && component.component ? [component.component] : []),
  ...("accessory" in component && component.accessory ? [component.accessory] : []),
];

export const countComponents = (components: readonly object[]): number =>
  components.reduce((sum, component) => sum + 1 + countComponents(inside(component)), 0);

/** Characters of all text displays, as UTF-16 units: never fewer than Discord counts. */
export const countText = (components: readonly object[]): number =>
  components.reduce(
    (sum, component) =>
      sum +
      ("content" in component && typeof component.content === "string" ? component.content.length : 0) +
      countText(inside(component)),
    0,
  );
