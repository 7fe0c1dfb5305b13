"""One story, one key: what a canonical URL forgets and what it keeps."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.canonical import NotAWebAddress, canonical_url

SAME = [
    ("http://www.vlast.kz/kz/amp/obsshestvo/mify-7846.html", "https://vlast.kz/kz/obsshestvo/mify-7846.html"),
    ("https://informburo.kz./kaz/delegaciya.html", "https://informburo.kz/kaz/delegaciya.html"),
    ("https://thediplomat.com.:443/2025/05/a/", "https://thediplomat.com/2025/05/a"),
    ("https://new.tengrinews.kz/news/a-1/?from=rss", "https://tengrinews.kz/news/a-1"),
    ("https://m.akipress.com/news:2354387/", "https://akipress.com/news:2354387"),
    ("https://abai.kz/lt/post/123", "https://abai.kz/post/123"),
    ("https://www.abai.kz/index.php/tt/post/123", "https://abai.kz/post/123"),
    ("https://www.lat.egemen.kz/article/398981-koshi-qon", "https://egemen.kz/article/398981-кoши"),
    ("https://egemen.kz/amp/article/10193-kosh-qaytse-kobeyedi!", "https://egemen.kz/article/10193"),
    ("https://qz.inform.kz/news/prezident-875030/", "https://kaz.inform.kz/amp/prezident-875030"),
    ("https://en.inform.kz/news/over-2-000_a2861902/", "https://qazinform.com/amp/over-2-000_a2861902"),
    ("https://fergana.news/news/131/", "https://fergana.agency/news/131"),
    ("https://d2a1.cloudfront.net/a/30012345.html", "https://www.azattyq.org/a/30012345.html"),
    ("https://www.azattyq.mobi/a/30012345.html", "https://azattyq.org/a/30012345.html?ln=lat"),
    ("https://x.kz/a?utm_source=t&utm_medium=m&fbclid=1&b=2&a=1#top", "https://x.kz/a?a=1&b=2"),
    ("HTTPS://X.KZ:443//a/./b/../c", "http://x.kz:80/a/c/"),
    ("https://x.kz/%D0%BA%C2%AB", "https://x.kz/к«"),
    ("https://x.kz/e\u0301", "https://x.kz/\u00e9"),
    ("https://x.kz/%EA%E0%E7", "https://x.kz/каз"),
    ("https://x.kz/index.php", "https://x.kz/"),
    ("https://x.kz/a.amp.html", "https://x.kz/a.html"),
    ("  https://x.kz/a\n", "https://x.kz/a"),
    ("//x.kz/a", "https://x.kz/a"),
]
DIFFERENT = [
    ("https://x.kz/?p=1", "https://x.kz/?p=2"),
    ("https://x.kz/a?page=1", "https://x.kz/a"),
    ("https://kaz.zakon.kz/1.html", "https://www.zakon.kz/1.html"),
    ("https://24.kg/news/1", "https://24-kg.com/news/1"),
    ("https://d2a1.cloudfront.net/other/1", "https://azattyq.org/other/1"),
    ("https://x.kz/campaign/a", "https://x.kz/a"),
    ("https://x.kz/a%2525b", "https://x.kz/a%25b"),
    ("https://x.kz:8080/a", "https://x.kz/a"),
    ("https://m.kz/a", "https://kz/a"),
    ("https://x.org/lt/post/1", "https://x.org/post/1"),
]


@pytest.mark.parametrize(("one", "other"), SAME, ids=[one for one, _ in SAME])
def test_addresses_of_one_story_have_one_key(one, other):
    assert canonical_url(one) == canonical_url(other)


@pytest.mark.parametrize(("one", "other"), DIFFERENT, ids=[one for one, _ in DIFFERENT])
def test_different_pages_keep_different_keys(one, other):
    assert canonical_url(one) != canonical_url(other)


def test_synthetic_keys_pass_unchanged():
    assert canonical_url("urn:baqylau:0123") == "urn:baqylau:0123"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "mailto:a@b.kz",
        "javascript:alert(1)",
        "news:123",
        "x.kz/a",
        "https://",
        "ftp://x.kz/a",
        "http:///a",
    ],
)
def test_what_is_no_web_address_is_refused_with_its_text(text):
    with pytest.raises(NotAWebAddress) as caught:
        canonical_url(text)
    assert caught.value.url == text


URL_LIKE = st.builds(
    lambda host, path, query: f"https://{host}/{path}?{query}",
    st.sampled_from(
        ["www.x.kz", "m.m.x.kz.", "lat.egemen.kz", "abai.kz", "a.cloudfront.net", "қаз.kz", "x.kz:443"]
    ),
    st.text(alphabet="ab/.%2e5A&;=!:~'\\ əё́\ud800-amp?#", max_size=40) | st.text(max_size=20),
    st.text(alphabet="ab&=;%+25?/#утm_", max_size=30) | st.text(max_size=20),
)


@given(URL_LIKE | st.text(max_size=60))
@example("https://x.kz/amp/amp/index.php/amp")
@example("https://www.www.m.x.kz../%2561mp/a")
@example("https://x.kz/.amp.amp")
def test_canonical_url_is_idempotent_and_raises_nothing_else(text):
    try:
        once = canonical_url(text)
    except NotAWebAddress:
        return
    assert canonical_url(once) == once
    assert once.isascii()
