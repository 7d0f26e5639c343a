// English, the words of the pages around one contact, of settings, companies, printing and help. Part of `en.ts`.

const plural = (count: number, one: string, many: string) => (count === 1 ? one : many);

export const pages = {
  form: {
    numberCountry: 'Country of the number', dial: (country: string, calling: string) => `${country} +${calling}`, month: 'Month', monthOf: (date: string) => `${date}, month`,
    street: 'Street', extended: 'Flat or floor', box: 'PO box', city: 'City', country: 'Country',
    regions: { region: 'Region', state: 'State', province: 'Province', county: 'County', prefecture: 'Prefecture', emirate: 'Emirate' },
    postcodes: { postcode: 'Postcode', zip: 'ZIP code', eircode: 'Eircode', pin: 'PIN code' },
    phoneticGiven2: 'Phonetic middle', phoneticCompany: 'Phonetic company', role: 'Role', gender: 'Gender', date: 'Date', person: 'Person', asName: (name: string) => `Keep “${name}” as a name`, inBook: 'In your book',
    service: 'Service', account: 'Account', customName: 'Custom field', customValue: 'Value', savedIn: 'Saved in', showIt: 'Show it',
    add: {
      emails: 'Add e-mail', phones: 'Add phone', addresses: 'Add address', links: 'Add website', dates: 'Add date', relations: 'Add relation', services: 'Add account', custom: 'Add custom field',
      nicknames: 'Add nickname', jobs: 'Add job', notes: 'Add note', pronouns: 'Add pronouns', languages: 'Add language', interests: 'Add interest',
    },
    one: { emails: 'E-mail', phones: 'Phone', addresses: 'Address', links: 'Website', dates: 'Date', relations: 'Person', services: 'Account', custom: 'Custom field', nicknames: 'Nickname', jobs: 'Job', notes: 'Note', pronouns: 'Pronouns', languages: 'Language', interests: 'Interest' },
    line: (kind: string, at: number) => `${kind} ${at}`,
    others: (count: number) => `${count} other ${plural(count, 'change is', 'changes are')} kept on this device`,
  },
  leaving: {
    title: 'Keep what you typed?', hint: 'It is not saved yet. As a draft it waits on this device until you come back to this form.', keep: 'Keep as a draft', discard: 'Discard', stay: 'Go on editing',
  },
  moment: {
    open: 'The book as it was…', title: 'The book as it was', hint: 'Choose a day and an hour. You see what would change first, and Undo brings the present back.', when: 'Day and time', look: 'Show what would change', act: 'Go back to it',
    noTime: 'Choose a day and a time', nothing: 'Nothing has changed since then.', examples: 'Among them', done: (when: string) => `The book is as it was: ${when}`,
    counts: {
      restored: (count: number, number: string) => `${number} ${plural(count, 'contact comes', 'contacts come')} back`, binned: (count: number, number: string) => `${number} ${plural(count, 'contact goes', 'contacts go')} to the bin`,
      changed: (count: number, number: string) => `${number} ${plural(count, 'contact says', 'contacts say')} again what was there`, moved: (count: number, number: string) => `${number} ${plural(count, 'contact goes', 'contacts go')} back to another book`,
    },
    stays: {
      purged: (count: number, number: string) => `${number} ${plural(count, 'contact was', 'contacts were')} deleted for good since, and cannot come back.`, forgotten: (count: number, number: string) => `What ${number} ${plural(count, 'contact', 'contacts')} said then is no longer kept. ${plural(count, 'It stays', 'They stay')} as now.`,
      elsewhere: (count: number, number: string) => `${number} ${plural(count, 'contact stays', 'contacts stay')} in a book you may not change.`,
    },
    acts: { create: 'comes back', restore: 'comes back', delete: 'goes to the bin', edit: 'says again', move: 'goes back to another book' } as Readonly<Record<string, string>>,
  },
  conflict: {
    title: 'This contact was saved elsewhere meanwhile',
    hint: (count: number) => (count === 0 ? 'Nothing you typed collides with it. Save puts your changes on top of the newer version.' : 'Both changed the same. Choose which to keep; everything else you typed stays.'),
    mine: 'Yours', theirs: 'Saved elsewhere', gone: 'Taken out', empty: 'Empty', act: 'Save with these choices', field: (name: string, at: string) => (at ? `${name}: ${at}` : name),
  },
  card: {
    position: (at: string, of: string) => `${at} of ${of}`, previous: 'Previous contact', next: 'Next contact', print: 'Print', more: 'More', directions: 'Directions', showCode: 'Show code', copyCard: 'Copy the card',
    also: 'Also on this card', onDevices: 'Nobody else sees this card', shared: 'The people of this book see this card', addLabel: 'Label', labels: 'Labels', findLabel: 'Find or name a label', newLabel: (name: string) => `Add “${name}”`,
    labelled: (label: string) => `Carries ${label} now`, unlabelled: (label: string) => `No longer carries ${label}`, labelMade: (label: string) => `${label} is a label now`,
    people: 'People', noPeople: 'Nobody of your book works here.', addPerson: 'Add a person', peopleHere: (count: number) => `${count} ${plural(count, 'person', 'people')} here`,
    code: 'Scan to save this card', codeHint: 'A phone’s camera reads it. The code holds the name, company, numbers, addresses and websites, no notes.', codeTooLong: 'This card says too much for a code.',
    extraJob: 'Also works at', fileAs: 'File as', download: 'Download the card',
    fields: {
      name: 'Name', nicknames: 'Nickname', organizations: 'Company', titles: 'Job title', emails: 'E-mail', phones: 'Phone', addresses: 'Address', links: 'Website', onlineServices: 'Account',
      anniversaries: 'Date', relatedTo: 'Person', notes: 'Notes', 'rolo:customFields': 'Custom field', 'rolo:fileAs': 'File as', 'rolo:birthdayText': 'Birthday', media: 'Picture', keywords: 'Labels',
      speakToAs: 'How to address them', grammaticalGender: 'Grammatical gender', pronouns: 'Pronouns', personalInfo: 'Interests', preferredLanguages: 'Language', 'rolo:gender': 'Gender', sex: 'Sex',
      calendars: 'Calendar', cryptoKeys: 'Key', directories: 'Directory', schedulingAddresses: 'Scheduling address', language: 'Language of the card', localizations: 'In other languages', members: 'Members',
      vCardProps: 'Other property', 'rolo:phonetic': 'Phonetic', kind: 'Kind', book: 'Book', starred: 'Star', hidden: 'Hidden', place: 'Place', label: 'Label', level: 'Level', text: 'Text',
      hobby: 'Hobby', interest: 'Interest', expertise: 'Expertise', timeZone: 'Time zone', coordinates: 'Coordinates', logo: 'Logo', sound: 'Sound', photo: 'Photo',
    } as Readonly<Record<string, string>>,
    file: (kind: string, size: string) => `${kind}, ${size}`, bytes: (count: string) => `${count} bytes`, kilobytes: (count: string) => `${count} kB`, unnamedFile: 'File', yes: 'Yes', no: 'No',
  },
  past: {
    all: 'See all', through: { web: 'in the browser', api: 'through the API', dav: 'from a device', command: 'on the command line', job: 'by a job' } as Readonly<Record<string, string>>,
    changed: (names: string) => `Changed: ${names}`, added: 'Added', removed: 'Removed', details: 'What changed', nothing: 'Nothing that shows', older: 'Show older changes',
  },
  many: {
    title: 'Create many', open: 'Create many', lead: 'Paste or write names with e-mail addresses or phone numbers, one person a line.', field: 'People',
    example: 'Ada Byron <ada@post.example>\nGrace Hopper, grace@navy.example, +1 202 555 0110', name: 'Name', reach: 'E-mail and phone', keep: (name: string) => `Create ${name}`,
    known: 'Already in your book', nothing: 'Each line that names somebody appears here.', unnamed: 'No name', giveLabel: 'Give them the label', noLabel: 'No label',
    act: (number: string, count: number) => (count === 0 ? 'Nothing to create' : `Create ${number} ${plural(count, 'contact', 'contacts')}`),
    done: (number: string, count: number) => `${number} ${plural(count, 'contact is', 'contacts are')} in your book`,
    some: (bad: string) => `${bad} could not be created. They are still here.`, tooMany: (most: string) => `${most} at a time is the most. The rest stays here for the next round.`,
    told: (number: string, count: number, known: number) => `${number} ${plural(count, 'person', 'people')}${known > 0 ? `, ${known} of them already in your book` : ''}`,
  },
  takeOut: {
    title: 'Export', what: 'What', format: 'Format', all: (count: string) => `All ${count} contacts`, label: 'The contacts of a label', chosen: (count: string, n: number) => `The ${count} chosen ${plural(n, 'contact', 'contacts')}`, one: 'This contact',
    whichLabel: 'Which label', formatHint: {
      'google-csv': 'For Google Contacts and most spreadsheets', 'outlook-csv': 'For Outlook', vcard3: 'For iPhone, Mac and older programs', vcard4: 'For newer programs, with everything a card can say', jscontact: 'For programs that read JSON',
    },
    act: 'Download', wait: 'Preparing the file', hint: 'Photos inside cards are part of a vCard and of JSContact, not of a table.',
  },
  print: {
    list: 'Print this list', title: (name: string) => `Print ${name}`, act: 'Print', people: (number: string, count: number) => `${number} ${plural(count, 'person', 'people')}`, scan: 'Scan the code to save this card', wait: 'Bringing the pages together',
    nameless: '#', chosen: 'Selected contacts', nobody: 'Nobody is selected here. Select contacts in the list, then choose Print.',
  },
  settings: {
    title: 'Settings', profile: 'Profile', name: 'Your name', saveName: 'Save the name', saved: 'Saved', appearance: 'Appearance', theme: 'Colours', themes: { system: 'Like the system', light: 'Light', dark: 'Dark' },
    density: 'Density', densityHint: 'How close the rows stand.', densities: { comfortable: 'Comfortable', compact: 'Compact' }, language: 'Language', languageHint: 'Dates and numbers follow it.', languages: { '': 'Like the browser', en: 'English' },
    names: 'Names and numbers', nameOrder: 'Show names as', nameOrderHint: 'Chinese, Japanese, Korean, Vietnamese and Hungarian names keep their own order.', nameOrders: { given: 'First Last', family: 'Last, First' },
    sort: 'Sort by', sorts: { given: 'First name', family: 'Last name', company: 'Company', updated: 'Last change' }, region: 'Region', regionHint: 'Numbers typed without a country are read as from here.', zone: 'Time zone', zoneHint: 'The times of history and imports.',
    like: 'Like the browser', likeNow: (now: string) => `Like the browser: ${now}`, shortcuts: 'Single-letter shortcuts', shortcutsHint: 'Turn them off for speech input and screen readers. Kept on this device.', on: 'On', off: 'Off',
    password: 'Password', passwordOld: 'The present password', passwordNew: 'The new password', passwordAct: 'Change the password', passwordDone: 'The password is changed', passwordHint: 'Other browsers are signed out.',
    sessions: 'Where you are signed in', sessionsHint: 'End any you do not know.', here: 'This one', seen: (when: string, address: string) => `${when}, ${address}`, end: 'Sign out', endOthers: 'Sign out the others', ended: 'Signed out there',
    tokens: 'Tokens and app passwords', tokensHint: 'For programs and devices. Each can be taken back alone.', noTokens: 'None yet.', tokenName: 'What it is for', tokenKind: 'It opens', tokenKinds: { api: 'The API', dav: 'Contacts on a device' }, makeToken: 'Make one',
    tokenMade: 'Copy it now: it is shown this once.', tokenSecret: 'Secret', revoke: (name: string) => `Take back ${name}`, revoked: (name: string) => `${name} no longer opens anything`, made: (when: string) => `Made ${when}`, until: (when: string) => `ends ${when}`,
    unreachable: 'This part did not arrive.', loading: 'Loading', sections: 'Sections',
  },
  organisation: {
    title: 'Organisation', back: 'Back', details: 'Details', about: 'Description', address: 'Address', website: 'Website', email: 'E-mail', phone: 'Phone', zone: 'Time zone', none: 'Nothing is said here yet.', edit: 'Edit', editTitle: 'Edit the organisation',
    name: 'Name', save: 'Save', saved: 'The organisation is saved', members: 'Members', you: 'You', membersHint: 'Owners and admins edit these details. Members see them.', books: 'Books', newBook: 'New book', bookName: 'Name of the book', makeBook: 'Make the book', madeBook: (name: string) => `${name} is a book of the organisation`,
    shared: 'Every member edits', yours: 'Only you', contacts: (number: string, count: number) => `${number} ${plural(count, 'contact', 'contacts')}`, since: (when: string) => `Since ${when}`, gone: 'This organisation is not here', goneHint: 'You are not a member of it, or it was never here.',
    count: (count: number, number: string) => `${number} ${plural(count, 'member', 'members')}`, moreMembers: 'Show more members', bookCount: (count: number) => `${count} ${plural(count, 'book', 'books')}`, roleOf: { owner: 'You are the owner', admin: 'You are an admin', member: 'You are a member' } as Readonly<Record<string, string>>,
    access: { see: 'Sees', edit: 'Edits', manage: 'Manages' } as Readonly<Record<string, string>>,
  },
  companies: { title: 'Companies', here: 'People here', named: 'Named on people’s cards', rest: (count: string) => `and ${count} more`, empty: 'No companies yet', emptyHint: 'A contact with a company and no person’s name is a company. It appears here with the people who work there.', and: (first: string, more: number) => (more === 0 ? first : `${first} and ${more} more`) },
  shortcuts: {
    title: 'Keyboard shortcuts', or: 'or', then: 'then', hint: 'Single-letter shortcuts can be turned off for speech input and screen readers.', single: 'Single letters',
    groups: { anywhere: 'Anywhere', list: 'In the list', go: 'Go to', card: 'On a card', editing: 'While editing' },
    keys: { ctrl: 'Ctrl', shift: 'Shift', enter: 'Enter', escape: 'Esc' } as Readonly<Record<string, string>>,
    acts: {
      search: 'Search', create: 'Create a contact', overview: 'This overview', undo: 'Undo the last change', nextPrevious: 'Next, previous', open: 'Open', star: 'Star', bin: 'Move to bin', contacts: 'Contacts', companies: 'Companies', history: 'History', import: 'Import',
      settings: 'Settings', edit: 'Edit', write: 'Write an e-mail', copy: 'Copy the card', back: 'Back to the list', save: 'Save', leave: 'Leave', print: 'Print', select: 'Select', labels: 'Labels', selectTo: 'Select up to here',
    },
  },
  help: {
    title: 'Help', lead: 'Short answers to what people ask first.', keys: 'Show the keyboard shortcuts',
    topics: [
      { title: 'Bring contacts in', text: ['Open Import and drop the file of your phone, of Google or of Outlook. Rolo shows what would happen to each row before anything is saved, and the whole import can be undone.', 'A few people are quicker with Create many: paste a list of names and addresses.'] },
      { title: 'Nothing is lost', text: ['Each change offers Undo. What you delete waits in the bin for 30 days, and each contact keeps its history for one year: any version can be put back.', 'What you type in a form is kept on this device as a draft until it is saved.'] },
      { title: 'Find somebody', text: ['Type in the search box: part of a name, the last digits of a number, a company, a word from the notes. Accents and order do not matter.'] },
      { title: 'Labels', text: ['A label belongs to a book and gathers people. On a contact’s page, Label adds one; a name that is new makes a new label.'] },
      { title: 'On your phone', text: ['Make an app password in Settings, then add a CardDAV account on the phone with this address, your e-mail and that password.'] },
      { title: 'Without network', text: ['Over https the book is kept on this device: it opens and is searched without network, and so are the cards you opened. What you change waits and is sent by itself.', 'Signing out deletes all of it. On a computer that is not yours, choose at sign-in to store nothing.'] },
      { title: 'Take contacts out', text: ['Export writes the book, a label or one card as CSV, vCard or JSContact. Print makes a list in two columns, or one card with a code to scan.'] },
    ] as readonly { title: string; text: readonly string[] }[],
  },
  menu: { organisation: 'Organisation', settings: 'Profile and settings', help: 'Help', shortcuts: 'Keyboard shortcuts' },
};
