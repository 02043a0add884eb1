// A point's image on an element, as a part of the page of images that holds it.

/** @param {import("../page.js").Page} page @param {HTMLElement} place @param {number} point @param {number} side pixels */
export function tile(page, place, point, side) {
  const grid = /** @type {import("../tour.js").SpriteGrid} */ (page.viewer.tour.sprites);
  const [sheet, rest] = [Math.floor(point / grid.per_page), point % grid.per_page];
  const [column, row] = [rest % grid.columns, Math.floor(rest / grid.columns)];
  place.dataset.point = String(point);
  page.pageAddress(sheet).then(
    (address) => {
      if (place.dataset.point !== String(point)) return; // it shows another one by now
      Object.assign(place.style, {
        width: `${side}px`,
        height: `${side}px`,
        background: `var(--track) url(${address}) ${-column * side}px ${-row * side}px / ${grid.columns * side}px auto`,
      });
    },
    () => {},
  );
}
