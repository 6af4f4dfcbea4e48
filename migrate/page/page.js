
// Filters, copying and closing.  Everything can be read without.
'use strict';

const byId = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];

const text = byId('filter-text');
const verdict = byId('filter-verdict');
const role = byId('filter-role');
const matrix = document.querySelector('table.matrix');
const headings = all(':scope > thead > tr > th', matrix).slice(1);
const groups = all(':scope > tbody', matrix).map((body) => ({
    body,
    rows: all(':scope > tr', body).map((row) => ({
        row,
        name: row.dataset.object.toLowerCase(),
        cells: all(':scope > td', row),
    })),
}));

function cellMatches(cell, wanted) {
    return wanted === 'found'
        ? cell.matches('.excess, .missing') || cell.querySelector('.l.missing, .l.excess') !== null
        : cell.querySelector('.l.' + wanted) !== null;
}

function rowMatches(entry, part, wanted, column) {
    if (!entry.name.includes(part)) {
        return false;
    }
    const cells = column === null ? entry.cells : [entry.cells[column]];
    return wanted === '' || cells.some((cell) => cellMatches(cell, wanted));
}

// A schema's own row stays as long as one of its tables does.
function filterRows() {
    const part = text.value.trim().toLowerCase();
    const column = role.value === '' ? null : Number(role.value);
    let shown = 0;
    let count = 0;

    for (const { body, rows } of groups) {
        let any = false;
        for (const entry of rows) {
            const matches = rowMatches(entry, part, verdict.value, column);
            entry.row.hidden = !matches;
            any = any || matches;
            count += 1;
            shown += matches ? 1 : 0;
        }
        if (any && rows[0].row.classList.contains('schema')) {
            rows[0].row.hidden = false;
        }
        body.hidden = !any;
    }
    byId('filter-count').textContent = shown === count ? '' : `${shown} of ${count}`;
}

function filterColumns() {
    const column = role.value === '' ? null : Number(role.value);

    headings.forEach((heading, i) => { heading.hidden = column !== null && i !== column; });
    for (const { rows } of groups) {
        for (const { cells } of rows) {
            cells.forEach((cell, i) => { cell.hidden = column !== null && i !== column; });
        }
    }
}

function addRoles() {
    headings.forEach((heading, i) => {
        const option = document.createElement('option');
        option.value = i;
        option.textContent = heading.dataset.role;
        role.append(option);
    });
}

function addButton(parent, label, name, action) {
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = label;
    button.className = name;
    button.addEventListener('click', action);
    parent.prepend(button);
    return button;
}

async function copy(code, button) {
    try {
        await navigator.clipboard.writeText(code.textContent);
        button.textContent = 'Copied';
    } catch {
        getSelection().selectAllChildren(code);
        button.textContent = 'Selected';
    }
    setTimeout(() => { button.textContent = 'Copy'; }, 1500);
}

function closeCell(details) {
    details.open = false;
    details.querySelector('summary').focus();
}

// The open cell stays in sight above the drawer.
function cellToggled(details) {
    if (!details.open) {
        return;
    }
    const drawer = details.querySelector('.drawer');
    if (!drawer.querySelector('.close')) {
        addButton(drawer, 'Close', 'close', () => closeCell(details));
    }
    const top = drawer.getBoundingClientRect().top;
    const bottom = details.querySelector('summary').getBoundingClientRect().bottom;
    if (bottom > top) {
        scrollBy(0, bottom - top + 12);
    }
}

addRoles();
document.querySelector('.scripted').hidden = false;
text.addEventListener('input', filterRows);
verdict.addEventListener('change', filterRows);
role.addEventListener('change', () => { filterColumns(); filterRows(); });
matrix.addEventListener('toggle', (event) => cellToggled(event.target), true);
all('.remedy').forEach((pre) => {
    const button = addButton(pre, 'Copy', 'copy', () => copy(pre.querySelector('code'), button));
});
document.addEventListener('keydown', (event) => {
    const open = document.querySelector('details[name="cell"][open]');
    if (event.key === 'Escape' && open) {
        closeCell(open);
    }
});
// A link from a cell to its finding: the drawer would stand before it.
addEventListener('hashchange', () => {
    all('details[name="cell"][open]').forEach((details) => { details.open = false; });
});
