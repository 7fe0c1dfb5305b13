"""The four layers know each other in one direction only."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LAYERS = {"baqylau", "crawlers", "models", "warehouse", "flows"}
MAY_KNOW = {
    "crawlers": {"baqylau", "crawlers"},
    "models": {"baqylau", "models"},
    "warehouse": {"baqylau", "warehouse"},
    "flows": LAYERS,
}


def imported_names(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0 or node.module, f"{path}: a bare relative import hides its layer"
            names |= {(node.module or "").split(".")[0]} if node.level == 0 else set()
    return names


@pytest.mark.parametrize("layer", sorted(MAY_KNOW))
def test_arrows_run_one_way(layer):
    wrong = {
        str(path.relative_to(ROOT)): sorted(forbidden)
        for path in sorted((ROOT / layer).rglob("*.py"))
        if (forbidden := (imported_names(path) & LAYERS) - MAY_KNOW[layer])
    }
    assert wrong == {}


def test_the_base_module_knows_no_layer():
    assert imported_names(ROOT / "baqylau.py") & (LAYERS - {"baqylau"}) == set()


HEAVY = {
    "torch",
    "sentence_transformers",
    "transformers",
    "statsmodels",
    "prefect",
    "sklearn",
    "trafilatura",
    "altair",
}


def module_level_imports(path: Path) -> set[str]:
    names: set[str] = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add((node.module or "").split(".")[0])
    return names


# The flow definitions are decorated with Prefect and are themselves imported late.
PREFECT_HOMES = {"flows/nightly.py", "flows/steps.py"}


def test_heavy_packages_are_imported_inside_functions():
    wrong = {
        str(path.relative_to(ROOT)): sorted(heavy)
        for layer in MAY_KNOW
        for path in sorted((ROOT / layer).rglob("*.py"))
        if (heavy := module_level_imports(path) & HEAVY) and str(path.relative_to(ROOT)) not in PREFECT_HOMES
    }
    assert wrong == {}
