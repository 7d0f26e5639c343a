// English: every string a person reads. Sentences with something in them are functions, so that a language may order and
// bend its words. Other languages have the type of this one.

import { pages } from './pages';

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);
const capital = (word: string) => (word ? word[0]!.toUpperCase() + word.slice(1) : '');

/** Words of the label table; whatever else a label says is the user's own text and stays as it is. */
const LABEL_WORDS: Readonly<Record<string, string>> = {
  home: 'Home', work: 'Work', other: 'Other', mobile: 'Mobile', main: 'Main', pager: 'Pager', billing: 'Billing', delivery: 'Delivery', school: 'School',
  'work mobile': 'Work mobile', 'home mobile': 'Home mobile', 'home fax': 'Home fax', 'work fax': 'Work fax', 'other fax': 'Other fax', fax: 'Fax',
  'work pager': 'Work pager', 'home page': 'Home page', profile: 'Profile', blog: 'Blog', anniversary: 'Anniversary', spouse: 'Spouse', child: 'Child',
  parent: 'Parent', mother: 'Mother', father: 'Father', brother: 'Brother', sister: 'Sister', sibling: 'Sibling', friend: 'Friend', manager: 'Manager',
  assistant: 'Assistant', partner: 'Partner', sweetheart: 'Partner', relative: 'Relative', kin: 'Relative', 'co-worker': 'Colleague', nickname: 'Nickname', role: 'Role',
  birthday: 'Birthday', 'domestic partner': 'Domestic partner', company: 'Company', department: 'Department', 'phonetic company': 'Phonetic company', 'job title': 'Job title', 'file as': 'File as',
  'date of death': 'Date of death', female: 'Female', male: 'Male', 'not applicable': 'Not applicable', unknown: 'Unknown', hobby: 'Hobby', interest: 'Interest', expertise: 'Expertise',
};

export const en = {
  ...pages,
  language: 'en',
  direction: 'ltr' as 'ltr' | 'rtl',
  format: {
    group: ',',
    months: ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'],
    date: (day: number, month: string, year: number | null) => (year === null ? `${day} ${month}` : `${day} ${month} ${year}`),
    today: 'Today',
    yesterday: 'Yesterday',
  },
  windowTitle: (page: string) => `${page} · Rolo`,
  again: 'Try again',
  close: 'Close',
  cancel: 'Cancel',
  back: 'Back',
  frame: {
    skip: 'Skip to contacts', fold: 'Show or hide the menu', menu: 'Menu', main: 'Main', bottom: 'Places', tidy: 'Tidy up', companies: 'Companies',
    stale: 'Not up to date: Rolo does not answer',
  },
  device: {
    away: 'You are offline.', asAt: (clock: string) => `You see the contacts as they were at ${clock}.`, asOf: (when: string) => `You see the contacts as of ${when}.`, waits: (count: number) => `${count} ${plural(count, 'change is', 'changes are')} waiting and will be sent by ${plural(count, 'itself', 'themselves')}.`,
    look: (count: number) => `${count} ${plural(count, 'change needs', 'changes need')} a look.`, show: 'Show them', waiting: 'Waiting to be sent', conflict: 'Changed elsewhere meanwhile', refusedShort: 'Not taken',
    kept: (name: string) => `Kept on this device: ${name}`, back: 'Taken back', tooLate: 'It is sent already. History takes it back.',
    sent: (count: number) => (count === 1 ? 'The change that waited is sent' : `${count} changes that waited are sent`),
    conflicts: (name: string) => `${name} was changed elsewhere meanwhile. What you typed is kept.`, refused: (name: string, why: string | undefined) => `${name}: ${why ?? 'this was not taken'}${/[.?]$/.test(why ?? '') ? '' : '.'} What you typed is kept.`,
    heldMany: (count: number) => `${count} changes need a look. What you typed is kept.`,
    title: 'Waiting to be sent', none: 'Nothing waits. Everything is sent.', hint: 'They are sent in this order as soon as Rolo answers.', open: 'Look at it', drop: 'Take back', dropOf: (what: string) => `Take back: ${what}`, done: 'Done',
    what: {
      create: 'New contact', edit: 'Changed', star: 'Starred', unstar: 'Star taken off', hide: 'Hidden', unhide: 'In the list again', delete: 'Moved to the bin', move: 'Moved to another book', label: 'Labels changed',
    } as Readonly<Record<string, string>>,
    partly: 'You have not opened this card on this device, so only what the list knows is here. The rest comes when Rolo answers.', seen: 'Rolo does not answer. You see the card as you last opened it.', notHere: 'This card can be edited once Rolo answers',
    notHereHint: 'Only cards that were opened on this device are here in full.', searchHint: 'Without network names, companies, e-mail addresses and numbers are searched, notes and addresses are not.',
    section: 'This device', keep: 'Keep the book on this device', keepHint: 'It opens without network, and changes wait until they can be sent. All of it goes when you sign out.', notAble: 'This browser can keep it only where the address begins with https.',
    never: 'Do not store anything on this device', neverHint: 'For a computer that is not yours: it then needs the network.', turnedOff: 'Nothing of the book is on this device any more', turnedOn: 'The book is kept on this device',
    asks: (count: number) => `${count} ${plural(count, 'change is', 'changes are')} not sent yet`, asksHint: (count: number) => `${plural(count, 'It lies', 'They lie')} only on this device. If you go on now, ${plural(count, 'it is', 'they are')} deleted with everything else Rolo keeps here.`,
    leave: 'Sign out and delete', turnOff: 'Delete and store nothing', stay: 'Keep waiting',
    fresh: 'A new version of Rolo is here', reload: 'Reload', atDoor: (count: number) => `${count} ${plural(count, 'change waits', 'changes wait')} on this device and ${plural(count, 'is', 'are')} sent when you sign in again.`,
  },
  error: {
    unreachable: 'Rolo cannot be reached. Nothing is lost. Try again in a moment.',
    unknown: 'That did not work. Nothing was changed.',
    forAdministrator: 'What to tell the administrator',
  },
  door: { motto: 'Everyone you know, on a machine you own.', email: 'E-mail', password: 'Password', show: 'Show the password', hide: 'Hide the password' },
  signIn: {
    page: 'Sign in', title: 'Welcome back', lead: 'to your address book', act: 'Sign in',
    refused: 'E-mail and password do not belong together.', noAccount: 'No account? Whoever runs this Rolo can make you one.',
  },
  setUp: {
    page: 'Set up', title: 'Rolo is running', lead: 'Nobody has an account here yet. The first one looks after the machine.', code: 'One-time code',
    codeHelp: 'Shown in the console where Rolo was started', name: 'Your name', act: 'Create the account', strength: 'Strength of the password',
    strengths: ['A few words are better than symbols.', 'Weak. Add another word.', 'Fair. Another word makes it strong.', 'Strong. A few words are better than symbols.', 'Very strong.'],
    answering: (services: string[]) => `${capital(inWords(services))} ${plural(services.length, 'answers', 'answer')}.`,
    silent: (services: string[]) => `${capital(inWords(services))} ${plural(services.length, 'does', 'do')} not answer.`,
  },
  restore: {
    offer: 'Restore a backup instead', title: 'Restore a backup', lead: 'Everything comes back as it was: contacts, history and accounts. You then sign in as before.', choose: 'Choose the backup', another: 'Choose another file',
    fileHelp: 'One file that ends with .rolo, made with rolo backup --export.', chosen: (name: string) => `${name} is chosen.`, passphrase: 'Passphrase of the backup', passphraseHelp: 'It stands in the file backup.passphrase beside the data it was made of.', act: 'Restore', instead: 'Make a new account instead',
    send: (percent: string) => `Sending the backup: ${percent} %`, open: () => 'Opening the backup', write: (percent: string) => `Checking it and writing it back: ${percent} %`, progress: 'How far the backup is', stay: 'Rolo starts again by itself when it is done, and this page goes on to sign-in.',
    done: 'The backup is restored. Sign in with an account it has.',
  },
  backups: {
    title: 'Backups need a look.', away: 'Not today',
    todo: {
      not_taken: 'See that the folder of the backups is there and has room, then run rolo backup.',
      not_whole: 'Look at the log, then take a new one with rolo backup and read it back with rolo verify.',
      too_old: 'See that Rolo runs at the time it takes backups, or run rolo backup now.',
    },
  },
  account: { yours: (name: string) => `Your account, ${name}`, signOut: 'Sign out', organisation: 'Organisation', settings: 'Profile and settings', roles: { owner: 'Owner', admin: 'Admin', member: 'Member' } },
  undo: {
    act: 'Undo', done: 'Taken back', failed: 'This could not be taken back. Nothing was changed.', givenUp: 'Rolo gave this up on the way. What was done until then stands, and History shows it.',
    partly: (left: number) => `Taken back, except ${left} ${plural(left, 'field', 'fields')} changed since`,
  },
  list: {
    title: 'Contacts', loading: 'Loading contacts', starred: 'Starred', name: 'Name', email: 'Email', phone: 'Phone number', job: 'Job title & company',
    labels: 'Labels', empty: 'Your book is empty', emptyHint: 'Add the first person, or bring everyone over from your phone or another address book.',
    failed: 'The contacts did not arrive', pages: 'Pages of this list', nextPage: 'Next page', firstPage: 'First page', allStarred: (number: string) => `All ${number} starred`,
  },
  view: {
    options: 'How the list looks', sort: 'Sort by', columns: 'Columns', chooseColumns: 'Choose columns', density: 'Closer lines', hidden: 'Hidden contacts',
    sorts: { given: 'First name', family: 'Last name', company: 'Company', updated: 'Last change' },
    column: { email: 'Email', phone: 'Phone number', company: 'Job title & company', title: 'Job title', labels: 'Labels', updated: 'Last change' },
    company: 'Company', earlier: (what: string) => `Move ${what} forward`, later: (what: string) => `Move ${what} back`, show: (what: string) => `Show ${what}`, done: 'Done',
    columnsHint: 'The name always comes first.', hiddenHint: 'Hidden contacts stay in your book and on your devices. They are left out of your list and your search.',
    hiddenNone: 'Nobody is hidden', sortBy: (what: string) => `Sort by ${what.toLowerCase()}`,
  },
  choose: {
    one: (name: string) => `Choose ${name}`, none: 'Choose nobody', count: (count: number, number: string) => `${number} ${plural(count, 'selected', 'selected')}`,
    all: (number: string) => `Select all ${number}`, bar: 'What to do with those selected', labels: 'Labels', star: 'Star', unstar: 'Unstar', hide: 'Hide', show: 'Show in the list',
    move: 'Move to a book', merge: 'Merge', export: 'Export those selected', print: 'Print those selected', toBin: 'Move to bin', write: 'E-mail them', more: 'More', moreFor: (name: string) => `More for ${name}`,
    open: 'Open', tooManyToMerge: 'Select at most 20 to merge them.',
    starred: (count: number, on: boolean) => `${people(count)} ${on ? plural(count, 'is', 'are') + ' starred' : plural(count, 'has', 'have') + ' no star now'}`,
    hidden: (count: number, on: boolean) => `${people(count)} ${plural(count, 'is', 'are')} ${on ? 'hidden' : 'in the list again'}`,
    removed: (count: number) => `${people(count)} are in the bin`,
    moved: (count: number, to: string) => `${people(count)} moved to ${to}`,
    relabelled: (count: number, on: string[], off: string[]) =>
      [on.length ? `${inWords(on)} put on ${people(count)}` : '', off.length ? `${inWords(off)} taken off ${people(count)}` : ''].filter(Boolean).join(', '),
    leftOut: (count: number, why: string | undefined) => `${people(count)} stayed as ${plural(count, 'it was', 'they were')}${why ? `: ${why}` : '.'}`,
  },
  merging: {
    title: 'Merge contacts', lead: 'Choose whose name leads, and leave out what is wrong. Nothing changes until you merge.', after: 'After merging', safe: 'Nothing is lost: all cards stay in History, and you can undo this for a year.',
    act: 'Merge', cancel: 'Not now', leads: 'Its name leads', book: (name: string, when: string) => `${name}, changed ${when}`, loading: 'Loading the cards',
    failed: 'The cards did not arrive', tooFew: 'Two contacts are needed to merge', tooFewHint: 'Select them in the list, then choose Merge.', leaveOut: (what: string) => `Leave out ${what}`,
    keep: (what: string) => `Keep ${what}`, both: 'Both', all: 'All', left: 'Left', right: 'Right', card: (n: number) => `Card ${n}`, cards: (n: number) => `${n} cards`,
    done: (name: string) => `Merged into ${name}`, result: 'What merging makes', photo: 'Photo',
    fields: {
      emails: 'E-mail', phones: 'Phone', organizations: 'Company', titles: 'Job title', addresses: 'Address', anniversaries: 'Date', onlineServices: 'Account', links: 'Website',
      relatedTo: 'Person', nicknames: 'Nickname', notes: 'Note', 'rolo:customFields': 'Field',
    } as Readonly<Record<string, string>>,
  },
  bin: {
    title: 'Bin', hint: 'Contacts stay here for 30 days, then they are deleted for good. Until then your devices no longer show them.', since: 'Since', left: 'Time left', reach: 'Reached by',
    putBack: 'Put back', purge: 'Delete for good', empty: 'Empty the bin', none: 'The bin is empty', noneHint: 'What you delete here or on a phone waits here for 30 days, and can be put back.',
    failed: 'The bin did not open', loading: 'Opening the bin', days: (days: number) => `${days} ${plural(days, 'day', 'days')}`, lastDay: 'Less than a day', more: 'Show more',
    back: (name: string) => `${name} is back in your book`, backMany: (count: number) => `${people(count)} are back in your book`, gone: (name: string) => `${name} is deleted for good`,
    purgeAsk: (name: string) => `Delete ${name} for good?`, purgeHint: 'The card and its history are removed. This cannot be undone.',
    emptyAsk: (number: string, count: number) => `Delete ${number} ${plural(count, 'contact', 'contacts')} for good?`, emptied: 'The bin is empty', emptyAct: (number: string, count: number) => `Delete ${number} ${plural(count, 'contact', 'contacts')}`,
    putBackAll: 'Put all back', putBackOf: (name: string) => `Put back ${name}`, purgeOf: (name: string) => `Delete ${name} for good`,
  },
  story: {
    title: 'History', kept: 'History is kept for one year', loading: 'Opening the history', failed: 'The history did not open', none: 'Nothing has happened yet', noneHint: 'Every change to your book is told here, and can be taken back.',
    noneOf: 'Nothing of this kind', noneOfHint: 'Nothing was found as far back as the history was read.', more: 'Show earlier', filter: 'Show', undoOf: (what: string) => `Undo: ${what}`, redoOf: (what: string) => `Redo: ${what}`,
    filters: { all: 'All', you: 'By you', others: 'By others', devices: 'By devices', large: 'Imports and merges' },
    details: 'What changed', detailsOf: (what: string) => `What changed: ${what}`, reading: 'Reading what changed', nothingLeft: 'Nothing of it is left to show.', forgotten: 'What it said before is no longer kept.', moreOf: 'Show more of it',
    rolo: 'Rolo', you: 'You', takenBack: 'Taken back', redo: 'Redo',
    // Said of a contact, behind its name.
    acts: { create: 'made', edit: 'changed', delete: 'moved to the bin', restore: 'put back', move: 'moved to another book' } as Readonly<Record<string, string>>,
    by: (device: string | null, door: string) => {
      const where = { web: 'in the browser', api: 'through the API', dav: 'by sync', command: 'on the command line', job: 'in the background' }[door] ?? door;
      return device && door !== 'command' && door !== 'web' ? `${where}, ${device}` : where;
    },
    what: (act: string, count: number, number: string, summary: string | null) => {
      const contacts = `${number} ${plural(count, 'contact', 'contacts')}`;
      const named = summary ? `: ${summary}` : '';
      return ({
        create: `added ${contacts}${named}`, edit: count > 1 ? `made ${number} changes${named}` : `changed ${contacts}${named}`, delete: `moved ${contacts} to the bin${named}`, restore: `put ${contacts} back${named}`,
        move: `moved ${contacts} to another book${named}`, merge: summary ? `merged cards into ${summary}` : 'merged cards', undo: `took a change to ${contacts} back`,
        import: summary ? `imported ${summary}: ${contacts}` : `imported ${contacts}`, purge: `deleted ${contacts} for good`,
        label: count > 0 ? `changed the labels of ${contacts}${named}` : `changed a label${named}`, moment: summary ? `took the book back to how it was (${summary}): ${contacts}` : `took ${contacts} back to an earlier time`, settings: 'changed the settings',
      } as Readonly<Record<string, string>>)[act] ?? `${act}${named}`;
    },
  },
  label: {
    add: 'Create a label', menu: (name: string) => `More for the label ${name}`, create: 'Create label', rename: 'Rename or recolour', merge: 'Merge into another', remove: 'Delete',
    name: 'Name', colour: 'Colour', colours: { 25: 'Red', 60: 'Orange', 95: 'Yellow', 145: 'Green', 175: 'Mint', 205: 'Teal', 240: 'Blue', 275: 'Violet', 310: 'Purple', 345: 'Pink' } as Readonly<Record<number, string>>,
    automatic: 'By itself', book: 'Book', made: (name: string) => `The label ${name} is there`, changed: (name: string) => `The label is now ${name}`, save: 'Save',
    mergeTitle: (name: string) => `Merge ${name} into another label`, mergeInto: 'Into', mergeHint: (name: string, count: string) => `${count} with ${name} get the other label, and ${name} is gone.`,
    merged: (from: string, into: string) => `${from} is now part of ${into}`, mergeAct: 'Merge', noOther: 'There is no other label in this book.',
    removeTitle: (name: string) => `Delete the label ${name}`, removeAlone: 'Delete the label', removeAloneHint: (count: string) => `${count} stay in the book, without this label.`,
    removeWith: (count: string) => `Delete it and move ${count} to the bin`, removed: (name: string) => `The label ${name} is gone`, removedWith: (name: string, count: string) => `The label ${name} is gone, ${count} are in the bin`,
    people: (count: number, number: string) => `${number} ${plural(count, 'contact', 'contacts')}`,
    pick: 'Labels', pickFilter: 'Find or create a label', pickNew: (name: string) => `Create “${name}”`, some: 'on some of them', apply: 'Apply', pickNone: 'No label yet. Type a name to create one.',
    many: 'Labels', one: 'Label:', loading: 'Loading the labels', none: 'Labels that come in with an import or a phone gather here.', unknown: 'Label', empty: 'Nobody carries this label',
    emptyHint: 'People with this label appear here.',
  },
  search: {
    title: 'Search', name: 'Search contacts', hint: 'Search names, numbers, companies, notes', clear: 'Clear the search', told: (count: number, number: string) => (count === 0 ? 'Nobody found' : `${number} found`), enter: 'Enter', found: 'Found',
    all: (query: string) => `All results for “${query}”`, resultsFor: (query: string) => `Results for “${query}”`,
    nobody: 'Nobody found', nobodyHint: 'Try part of a name, the last digits of a number, or a word from the notes.',
  },
  contact: {
    title: 'Contact', create: 'Create contact', edit: 'Edit', star: 'Star', unstar: 'Unstar', toBin: 'Move to bin', back: 'Back', toList: 'To the contacts',
    nameless: 'No name', loading: 'Loading the contact', details: 'Contact details', addresses: 'Addresses', notes: 'Notes', more: 'Dates and people',
    lives: 'Where this card lives', inBook: 'In the book', preferred: 'preferred', nothingYet: 'No e-mail, phone or website yet.',
    write: 'E-mail', call: 'Call', message: 'Message', reach: (name: string) => `Reach ${name}`, copy: (value: string) => `Copy ${value}`, copied: 'Copied',
    notCopied: 'The browser did not allow copying.', gone: 'This contact is not here', goneHint: 'It was moved to the bin, or it was never in your book.',
    failed: 'The contact did not arrive', removed: (name: string) => `${name} is in the bin`,
    job: (title: string | null, company: string | null) => [title, company].filter(Boolean).join(', '),
    label: (label: string) => LABEL_WORDS[label.toLowerCase()] ?? label,
    dates: { birth: 'Birthday', wedding: 'Anniversary', death: 'Date of death', other: 'Date' },
    birthdayIn: (days: number, turns: number | null) => {
      const when = days === 0 ? 'today' : days === 1 ? 'tomorrow' : days < 60 ? `in ${days} days` : `in ${Math.round(days / 30.44)} months`;
      return turns === null ? when : `${when} · turns ${turns}`;
    },
  },
  history: {
    title: 'History', loading: 'Loading the history', empty: 'Nothing has changed yet.', you: 'You', undo: 'Undo this change', putBack: 'Put this version back',
    putBackDone: 'That version is back', first: 'This is how it began',
    acts: {
      create: 'made this card', edit: 'changed this card', delete: 'moved it to the bin', restore: 'put a version back', move: 'moved it to another book',
      merge: 'merged it', undo: 'took a change back', import: 'imported it', return: 'put it back',
    } as Readonly<Record<string, string>>,
  },
  edit: {
    title: 'Edit contact', createTitle: 'Create contact', titleOf: (name: string) => `Edit ${name}`, closeKeeping: 'Close, keeping what you typed as a draft',
    prefix: 'Prefix', given: 'First name', given2: 'Middle name', surname: 'Last name', suffix: 'Suffix', phoneticGiven: 'Phonetic first',
    phoneticSurname: 'Phonetic last', nickname: 'Nickname', fileAs: 'File as', fewer: 'Fewer name fields', all: 'All name fields', company: 'Company',
    jobTitle: 'Job title', department: 'Department', emails: 'E-mail', phones: 'Phone', links: 'Website', address: 'Address', label: 'Label', street: 'Street',
    extended: 'Flat or floor', box: 'PO box', postcode: 'Postcode', city: 'City', region: 'Region', country: 'Country', birthday: 'Birthday', day: 'Day',
    birthMonth: 'Birthday month', noMonth: '–', year: 'Year, if known', notes: 'Notes',
    add: { emails: 'Add e-mail', phones: 'Add phone', addresses: 'Add address', links: 'Add website' },
    addLabel: (own: string) => `Add “${own}”`, remove: (what: string) => `Remove ${what}`,
    faults: {
      mailAt: 'Add the part around the @', mailDot: 'Add the part after the dot, such as .com', noSuchDay: 'This day does not exist', dayWithoutMonth: 'Choose the month too',
      noSuchYear: 'Write the year with four digits', noDigits: 'Add the digits of the number', noLabel: 'Name this field', nothing: 'Add a name, or anything else to find this contact by',
    },
    needLook: (count: number) => `${count} ${plural(count, 'field needs', 'fields need')} a look`, unsaved: 'Not saved yet', keptHere: 'kept on this device',
    clean: 'Nothing changed yet', save: 'Save', discard: 'Discard', saved: (name: string) => `${name} is saved`, created: (name: string) => `${name} is in your book`,
    kept: 'What you typed is still here.', fromDraft: 'This is what you typed here earlier. Save it, or discard it.',
    newer: 'A newer version of this contact was saved elsewhere. What you typed is still here.', catchUp: 'Put mine on top of it',
  },
  exporting: {
    all: 'Export all contacts', label: 'Export this label', one: 'Export this contact',
    formats: { 'google-csv': 'Google CSV', 'outlook-csv': 'Outlook CSV', vcard3: 'vCard 3.0', vcard4: 'vCard 4.0', jscontact: 'JSContact' },
  },
  importing: {
    title: 'Import', titleOf: (step: string) => `Import: ${step.toLowerCase()}`, opening: 'Opening the import', steps: 'Steps', stepDone: ', done',
    stepNames: { file: 'File', columns: 'Columns', check: 'Check', import: 'Import', done: 'Done' },
    stepOf: (at: number, of: number) => `Step ${at} of ${of}`,
    lead: 'Bring contacts in from another address book. You see exactly what would happen before anything is saved.',
    drop: 'Drop it here', uploading: 'Bringing it over', kinds: 'CSV, vCard (.vcf), JSContact (.json), several of them, or a .zip', choose: 'Choose files', several: (count: number) => `${count} files`,
    zipAlone: 'A .zip goes by itself. Choose it without other files.', tooMany: (most: number) => `Up to ${most} files go at once. Choose fewer.`,
    unreadable: 'A file could not be read. Choose it again.', leftOut: (names: readonly string[]) => `Left out, because no contacts are in it: ${names.join(', ')}.`,
    into: 'Into the book', google: 'Google CSV', googleHow: 'contacts.google.com, Export, Google CSV', vcard: 'Phone or Apple vCard', vcardHow: '2.1, 3.0 and 4.0',
    paste: 'Paste a table', pasteHow: 'From a spreadsheet', pasteField: 'Table', pasteHelp: 'The first row names the columns', pastedName: 'pasted.csv',
    next: 'Next', nothingYet: 'Nothing is saved until step 4.', earlierTitle: 'Earlier imports', earlierLoading: 'Loading the earlier imports', earlierNone: 'What you import is listed here, and can be taken back for one year.',
    earlier: (state: string, when: string, fresh: string, updated: string) =>
      state === 'done' ? `${when}. ${fresh} new, ${updated} updated.` : state === 'undone' ? `${when}. Taken back.` : state === 'running' ? `${when}. Going on now.`
        : state === 'failed' ? `${when}. Stopped half way.` : `${when}. Not imported yet.`,
    openEarlier: (state: string) => (state === 'done' || state === 'undone' ? 'Open' : state === 'running' ? 'Watch' : 'Go on'),
    about: (rows: string, columns: number, encoding: string, delimiter: string) => {
      const name = { ',': 'comma', ';': 'semicolon', '\t': 'tab', comma: 'comma', semicolon: 'semicolon', tab: 'tab' }[delimiter];
      return `${[rows && `${rows} rows`, `${columns} ${plural(columns, 'column', 'columns')}`, encoding.toUpperCase(), name ? `${name} separated` : ''].filter(Boolean).join(', ')}.`;
    },
    column: 'Column in the file', example: 'For example', arrow: 'to', goesInto: 'Goes into', goesIntoOf: (column: string) => `${column} goes into`, whyTitle: 'Why',
    headerless: (at: number) => `Column ${at}`, leaveOut: 'Leave out', withLabel: (field: string, label: string) => `${field}, ${label}`,
    why: { header: 'Same name', content: 'Looks like it', kept: 'Kept as it is', out: 'Left out', chosen: 'You chose' },
    /** What a column may be, in the words of the form. What is not here is told in the server's words. */
    fields: {
      prefix: 'Prefix', given: 'First name', middle: 'Middle name', family: 'Last name', suffix: 'Suffix', name: 'Whole name', 'phonetic-given': 'Phonetic first',
      'phonetic-middle': 'Phonetic middle', 'phonetic-family': 'Phonetic last', nickname: 'Nickname', 'file-as': 'File as', company: 'Company',
      'phonetic-company': 'Phonetic company', department: 'Department', title: 'Job title', role: 'Role', email: 'E-mail', phone: 'Phone', website: 'Website',
      im: 'Messenger', address: 'Address', street: 'Street', extended: 'Flat or floor', 'po-box': 'PO box', city: 'City', region: 'Region', postcode: 'Postcode',
      country: 'Country', birthday: 'Birthday', date: 'Date', relation: 'Related person', gender: 'Gender', language: 'Language', hobby: 'Hobby',
      pronouns: 'Pronouns', 'time-zone': 'Time zone', notes: 'Notes', photo: 'Photo', labels: 'Labels', custom: 'Custom field', id: 'Id in the file',
    } as Readonly<Record<string, string>>,
    columnsKept: (kept: number, all: number) => `${kept} of ${all} columns kept`, check: 'Check',
    reading: (name: string) => `Reading ${name}`, readingHint: 'Each row is compared with your book. Nothing is saved by this.',
    filter: 'Rows by verdict', allRows: 'All rows', row: 'Row', verdict: 'Verdict', name: 'Name', happens: 'What would happen', decide: 'Decision',
    verdicts: { new: 'New', update: 'Update', same: 'Same', check: 'Check', refused: 'Refused' },
    changes: 'See changes', noRows: 'No rows with this verdict.', moreRows: 'Show more rows', choice: 'Choose', cardFor: (name: string) => `Card that ${name} updates`, labelFor: (column: string) => `Where ${column} goes`, decisionFor: (name: string) => `Decision for ${name}`,
    decisions: { skip: 'Leave out', new: 'Add as new', update: 'Update the card' },
    restHint: 'What happens to rows you do not decide one by one:', rest: { skip: 'Leave them out', new: 'Add them as new', update: 'Update the cards' },
    nothingSaved: 'Nothing saved yet.',
    summary: (counts: { new: number; update: number; same: number; check: number; refused: number }) =>
      `${counts.new} new and ${counts.update} ${plural(counts.update, 'update', 'updates')} are written; ${counts.same} same, ${counts.check} to check and ${counts.refused} refused are not.`,
    act: (number: string, count: number) => (count === 0 ? 'Nothing to import' : `Import ${number} ${plural(count, 'contact', 'contacts')}`),
    running: (name: string) => `Importing ${name}`, done: (done: string, all: string) => `${done} of ${all}`,
    left: (seconds: number) => (seconds > 90 ? `about ${Math.round(seconds / 60)} minutes left` : `about ${seconds} ${plural(seconds, 'second', 'seconds')} left`),
    mayLeave: 'You can leave this page. The import goes on.', stop: 'Stop', stopFoot: 'What is written when you stop can be undone.',
    failed: 'The import stopped half way.', failedHint: (done: string) => `${done} rows were done. The same file again goes on from there: no row is written twice.`,
    failedFoot: 'No contact is half written.', throwAway: 'Forget this import',
    doneTitle: (number: string, count: number) => `${number} ${plural(count, 'contact is', 'contacts are')} in your book`, undoneTitle: 'The import was taken back',
    undo: 'Undo the import', undone: 'The import was taken back', report: 'Download the report',
    notWritten: (number: string, count: number) => `${number} ${plural(count, 'row was', 'rows were')} not written. The report says why.`,
    doneFoot: 'You can undo this for one year.', undoneFoot: 'Your book is as it was before.', another: 'Import another', show: 'Show the contacts',
    gone: 'This import is not here',
  },
  nowhere: { title: 'Not found', what: 'There is nothing at this address', hint: 'The page may have moved, or the address was mistyped.', back: 'To the contacts' },
};

function people(count: number): string {
  return count === 1 ? '1 contact' : `${String(count).replace(/\B(?=(\d{3})+$)/g, ',')} contacts`;
}

function inWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

export type Catalogue = typeof en;
