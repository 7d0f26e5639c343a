// The form of a contact: its fields, what a card says in them, what was changed as a patch, what needs a look.
export { faultsOf, fieldOf, type Fault } from './faults';
export { patchOf } from './patch';
export { formOf } from './read';
export * from './shape';
