from collections.abc import Iterable

Contents = list[tuple[int, int]]  # (line index, units)


def pack(goods: Iterable[tuple[int, int, int]], weight_g_max: int, packages_max: int) -> list[tuple[int, Contents]]:
    """Fill packages one after the other with (line index, units, grams a unit); give (grams, contents) of each.

    No package is heavier than `weight_g_max` unless one unit is, or more than about `packages_max` packages would be needed.
    """
    goods = list(goods)
    total_g = sum(units * unit_g for _, units, unit_g in goods)
    limit_g = max(weight_g_max, -(-total_g // packages_max))
    packages: list[tuple[int, Contents]] = []
    weight_g, contents = 0, Contents()
    for index, units, unit_g in goods:
        left = units
        while left:
            fits = min(left, (limit_g - weight_g) // unit_g)
            if fits < 1:
                if contents:
                    packages.append((weight_g, contents))
                    weight_g, contents = 0, Contents()
                    continue
                fits = 1
            contents.append((index, fits))
            weight_g += fits * unit_g
            left -= fits
    return [*packages, (weight_g, contents)] if contents else packages
