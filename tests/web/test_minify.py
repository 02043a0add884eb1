"""The page's script and styles without comments and blanks: the same program, small enough."""

import gzip
import re

import pytest

from engine.web import minify
from engine.web.page import PARTS, document, folder, joined, script, styles
from engine.web.renaming import shortened

LARGEST = 60_000  # bytes of the script as gzip, icons apart; no library is in it


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("const a = 1; // one\nlet b;\n", "let a=1,b;\n"),
        ("/** @type {any} */ const c = /** @type {any} */ (d + e);", "let c=(d+e);\n"),
        ("return /** @type {Record<string, any>} */ (d.e);", "return d.e;\n"),
        ("a = /** @type {A} */ (b(c).d[0]) + /** @type {B} */ (e ?? f);", "a=b(c).d[0]+(e??f);\n"),
        ("// CC BY 4.0, https://x.org/license\nconst a = 1;", "// CC BY 4.0, https://x.org/license\nlet a=1;\n"),
        ('const a = "b // c"; const d = \'/* e */\';', 'let a="b // c",d=\'/* e */\';\n'),
        ("a = `b  // ${c(`d  \" ${e}`)} // f` + g", "a=`b  // ${c(`d  \" ${e}`)} // f`+g\n"),
        ("a = b / c / d; // e\nf(/[\"/ ]  x/g, 2)", 'a=b/c/d;f(/["/ ]  x/g,2)\n'),
        ("return /  x/.test(y)", "return/  x/.test(y)\n"),
        ("a + +b; c++ + d; e - -f", "a+ +b;c++ +d;e- -f\n"),
        ("let a\nlet b\n[c] = d", "let a\nlet b\n[c]=d\n"),
        ("if (a) {\n  b();\n}\nelse c\n  .d()", "if(a){b()}else c.d()\n"),
        ("for (const a of [1]) get b() {}", "for(let a of[1])get b(){}\n"),
        ("const a = b ? 0.5 : 10.5 + c.d0.e;", "let a=b?.5:10.5+c.d0.e;\n"),
        ("f(true, [\"true\", false,],\n)", "f(!0,[\"true\",!1])\n"),
        ("const a = () => { const b = 1;\nconst c = {}; };\nconst [d] = e;", "let a=()=>{let b=1,c={}},[d]=e;\n"),
        ("if (a) { let b; }\nlet c;\nd();\nconst e = `;const f`;", "if(a){let b}let c;d();let e=`;const f`;\n"),
        ("for (let a = 0; a < 1;) b;\nconst c = /;const d/;\nlet e;", "for(let a=0;a<1;)b;let c=/;const d/,e;\n"),
    ],
)  # fmt: skip
def test_nothing_but_comments_and_blanks_goes_and_declarations_are_joined(text, wanted):
    assert minify.javascript(text) == wanted


@pytest.mark.parametrize("text", ["a = `b ${c}", "a = `b ${c", "a = `b ${`c`"])
def test_a_template_without_an_end_is_an_error(text):
    with pytest.raises(ValueError, match="not ended"):
        minify.javascript(text)


def test_styles_keep_what_they_say():
    text = (
        "/* a */\n.a > b:hover, .c:not(.d) {\n  margin: calc(1px + 2px) -2px; --x: 0%;\n}\n@media (a: b) { p { c: d } }"
    )
    wanted = ".a > b:hover,.c:not(.d){margin:calc(1px + 2px) -2px;--x:0%}@media (a:b){p{c:d}}"
    assert minify.css(text) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("function f(one,two){return one+two}", "function f(a,b){return a+b}"),
        ("let one=1,two=2;for(let three of four)one+=three*two", "let a=1,b=2;for(let c of four)a+=c*b"),
        ("let a=1;f(one=>one+a)", "let a=1;f(b=>b+a)"),
        ("f(one=>`one ${one} ${`${one+`}`}`} one`)", "f(a=>`one ${a} ${`${a+`}`}`} one`)"),
        ("f(one=>/one/.test(one)+\"one\"+'one')", "f(a=>/one/.test(a)+\"one\"+'one')"),
        ("let[one,two]=f(3,100);if(one){two()}", "let[a,b]=f(3,100);if(a){b()}"),
        ("let one=1;if(a){one=2}else{one=3}", "let b=1;if(a){b=2}else{b=3}"),
        ("let one=b?one:{c:one,...one}", "let a=b?a:{c:a,...a}"),
        *((text, text) for text in (
            "let one=a.one", "let one=a?.one", "let one={one:1}", "let{one}=a", "let one=1;f({a,one})",
            "let performance=1", "class A{b(){return one}one(){return one=>one}}", "let one=function one(){}",
            "f(one=>({async one(){}}))",
        )),
    ],
)  # fmt: skip
def test_local_words_are_short_and_all_others_as_they_were(text, wanted):
    """A property, a key, a function, a class, a global: none has another name, and no variable that is called alike."""
    assert shortened(text) == wanted


def test_the_page_is_small():
    icons = minify.javascript((folder() / "ui" / "icons.js").read_text().replace("export ", "")).strip()
    some = [["editor"], ["comparison"], ["article", "comparison"], ["comparison", "editor"]]
    pages = [["open.js"], ["widget.js"], ["widget.js", PARTS["comparison"]]]
    for page in pages + [["open.js", *(PARTS[name] for name in parts)] for parts in some]:
        whole = joined(*page)
        assert icons in whole and "license" in icons and "license" in script(*page)
        assert len(gzip.compress(shortened(whole.replace(icons, "")).encode())) < LARGEST
    assert "/*" not in styles("article.css")


def test_a_page_has_no_part_that_it_does_not_use():
    """Of an article, of two tours and of what edits stories, functions are where they are called, nowhere else."""
    one = {"title": "a", "tours": [{}]}
    for manifest, text, parts in [
        (one, "", []),
        (one, "<main></main>", ["article"]),
        (one | {"write": True}, "", ["editor"]),
        (one | {"tours": [{}, {}], "write": True}, "", ["comparison", "editor"]),
    ]:
        sent = document(manifest, text=text)
        assert [name for name in PARTS if f"function {name}(" in sent] == parts
        assert re.search(r'openPage\(.*, "data/", { ?(.*?) ?}\);', sent)[1] == ", ".join(parts)


def test_no_line_of_the_pages_script_is_longer_than_140():
    files = [each for each in folder().glob("**/*.js") if not {"node_modules", "icons.js"} & {*each.parts}]
    assert len(files) > 50
    long = [
        f"{file.name}:{k}"
        for file in files
        for k, line in enumerate(file.read_text().splitlines(), 1)
        if len(line) > 140
    ]
    assert long == []
