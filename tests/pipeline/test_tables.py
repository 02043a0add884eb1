"""Tables of pictures: paths or bytes in .csv, .tsv, .jsonl and .parquet; other columns are attributes of their type."""

import base64
import io
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as parquet
import pytest
from PIL import Image

from engine.pipeline.inputs.columns import typed
from engine.pipeline.inputs.decoding import PLAIN
from engine.pipeline.inputs.images import BrokenImageError, part_of
from engine.pipeline.inputs.table_files import read_table
from engine.pipeline.sources import as_images, pictures


def encoded(color, kind="PNG"):
    stream = io.BytesIO()
    Image.new("RGB", (20, 20), color).save(stream, kind)
    return stream.getvalue()


@pytest.fixture
def drawn(tmp_path):
    """Twelve pictures in two folders, red telling which, and the rows of a table of them."""
    rows = []
    for k in range(12):
        path = tmp_path / "pictures" / "ab"[k % 2] / f"{k:02}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(encoded((20 * k, 0, 0)))
        rows.append(
            {
                "file": f"pictures/{'ab'[k % 2]}/{k:02}.png",
                "label": ["NA", "elm", "oak"][k % 3],
                "weight": f"{k / 2}" if k != 4 else "",
                "code": f"{k:03}",
                "taken": f"2021-05-{k + 1:02}",
                "sharp": "True" if k % 2 else "False",
                "remark": f"remark, no. {k}",
            }
        )
    return tmp_path, pd.DataFrame(rows)


def reds(images):
    return [images.read(i)[0].getpixel((3, 3))[0] for i in range(images.n)]


def written(frame, file):
    if file.suffix == ".parquet":
        frame.to_parquet(file)
    elif file.suffix == ".jsonl":
        file.write_text("\n".join(json.dumps(row) for row in frame.to_dict("records")))
    else:
        frame.to_csv(file, index=False, sep="\t" if file.suffix == ".tsv" else ",")
    return file


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet"])
def test_a_table_of_paths(ending, drawn):
    folder, frame = drawn
    images = as_images(written(frame, folder / f"table.{ending}"))
    assert images.n == 12 and reds(images) == [20 * k for k in range(12)]
    assert images.labels.tolist() == frame["label"].tolist()  # NA is a name here, not a gap
    assert images.columns["file"][3] == str(folder / "pictures/b/03.png")
    weight = images.columns["weight"]
    assert weight.dtype == np.float64 and np.isnan(weight[4]) and weight[5] == 2.5
    assert images.columns["code"].tolist()[7] == "007"
    assert pd.Series(images.columns["taken"]).dt.day.tolist() == list(range(1, 13))
    assert list(images.columns["sharp"].categories) == ["false", "true"]
    assert images.columns["remark"].dtype == object and images.columns["remark"][2] == "remark, no. 2"


def test_types_of_a_parquet_stay(drawn):
    folder, frame = drawn
    frame = frame[["file"]].assign(
        size=pd.Categorical(["s", "m", "l"] * 4, categories=["s", "m", "l"], ordered=True),
        count=np.arange(12),
        share=np.linspace(0, 1, 12),
        when=pd.date_range("2020-01-01", periods=12),
        good=[True, False] * 6,
    )
    columns = as_images(written(frame, folder / "table.parquet")).columns
    assert list(columns["size"].categories) == ["s", "m", "l"] and columns["size"].ordered
    assert columns["count"].dtype == np.int64 and columns["share"].dtype == np.float64
    assert pd.api.types.is_datetime64_dtype(columns["when"].dtype) and list(columns["good"][:2]) == ["true", "false"]


def test_encoded_pictures_in_a_parquet_are_read_by_groups(tmp_path):
    colors = [(20 * k, 0, 0) for k in range(12)]
    data = [encoded(color, "JPEG" if k % 2 else "PNG") for k, color in enumerate(colors)]
    for name, column in (
        ("plain", pa.array(data)),
        ("nested", pa.array([{"bytes": each, "path": None} for each in data])),
    ):
        table = pa.table({"image": column, "kind": ["x", "y", "z"] * 4, "number": range(12)})
        parquet.write_table(table, tmp_path / f"{name}.parquet", row_group_size=5)
        images = as_images(tmp_path / f"{name}.parquet")
        assert np.abs(np.array(reds(images)) - [color[0] for color in colors]).max() <= 2
        assert images.columns["number"].tolist() == list(range(12)) and "image" not in images.columns
    holes = pa.table({"image": pa.array([data[0], None, b"no picture"])})
    parquet.write_table(holes, tmp_path / "holes.parquet")
    images = as_images(tmp_path / "holes.parquet")
    for row, complaint in ((1, "holes.parquet, row 2: has no bytes"), (2, "holes.parquet, row 3: is no image")):
        with pytest.raises(BrokenImageError, match=complaint):
            images.read(row)
    named = pa.table({"image": pa.array([{"bytes": None, "path": "a.png"}])})
    parquet.write_table(named, tmp_path / "named.parquet")
    with pytest.raises(BrokenImageError, match=r"named.parquet, row 1: names the file a.png and has no bytes of it"):
        as_images(tmp_path / "named.parquet").read(0)


def test_encoded_pictures_as_text(tmp_path):
    texts = [base64.b64encode(encoded((20 * k, 0, 0))).decode() for k in range(6)]
    texts[3] = f"data:image/png;base64,{texts[3]}"
    file = written(pd.DataFrame({"id": range(6), "image": texts, "class": list("aabbcc")}), tmp_path / "t.jsonl")
    images = as_images(file)
    assert reds(images) == [20 * k for k in range(6)] and images.labels.tolist() == list("aabbcc")


def test_tables_as_spreadsheets_and_scripts_write_them(drawn):
    """Semicolons, marks of byte order, Windows letters and paths, no header, an index, last commas, blank lines."""
    folder, frame = drawn
    german = frame[["file", "label"]].assign(label=["Bäume", "Häuser"] * 6)
    for name, data in (
        ("semicolons", german.to_csv(index=False, sep=";").encode("utf-8-sig")),
        ("windows", german.assign(file=german["file"].str.replace("/", "\\")).to_csv(index=False).encode("cp1252")),
        ("utf16", german.to_csv(index=False, sep="\t").encode("utf-16")),
        ("bare", german.to_csv(index=False, header=False).encode()),
        ("index", german.to_csv().encode()),
        ("commas", "\n".join(f"{line},," for line in german.to_csv(index=False).splitlines()).encode()),
        ("blank", german.to_csv(index=False).replace("\n", "\r\n\r\n").encode()),
    ):
        file = folder / f"{name}.csv"
        file.write_bytes(data)
        images = as_images(file)
        assert reds(images) == [20 * k for k in range(12)], name
        assert images.labels.tolist() == german["label"].tolist(), name


def test_the_column_of_paths_is_the_one_whose_values_are_files(drawn):
    folder, frame = drawn
    odd = frame.rename(columns={"file": "where"}).assign(image=[f"picture {k}" for k in range(12)])
    assert reds(as_images(written(odd, folder / "t.csv"))) == [20 * k for k in range(12)]


def test_missing_and_broken_pictures_are_named_with_their_line(drawn):
    folder, frame = drawn
    (folder / frame["file"][2]).unlink()
    (folder / frame["file"][5]).write_bytes(b"no picture")
    frame.loc[7, "file"] = ""
    images = as_images(written(frame, folder / "t.csv"))
    for row, complaint in (
        (2, r"t\.csv, line 4: pictures/a/02\.png: no such file; it is looked for as /.*02\.png"),
        (5, r"t\.csv, line 7: pictures/b/05\.png: is no image"),
        (7, r"t\.csv, line 9: no file named"),
    ):
        with pytest.raises(BrokenImageError, match=complaint):
            images.read(row)


FAULTS = {
    "empty.csv": ("", "has no rows"),
    "head.csv": ("file,label\n", "has no rows"),
    "ragged.csv": ("file,label\na.png,x\nb.png,x,y\n", "line 3: has 3 values, and the first line has 2"),
    "twice.csv": ("file,label,label\na,b,c\n", "line 1: names the column 'label' twice"),
    "gone.csv": ("file,label\na/1.png,x\n", "line 2: 'a/1.png' in column 'file' is no file"),
    "none.csv": ("name_of_it,label\nfoo,x\n", "none of its columns (name_of_it, label) holds paths"),
    "web.csv": ("url\nhttps://x.org/a.jpg\n", "holds addresses (https://x.org/a.jpg); name files on this machine"),
    "bucket.csv": ("image,a\ns3://x/a.jpg,1\n", "holds addresses (s3://x/a.jpg); name files on this machine"),
    "bad.jsonl": ('{"file": "a.png"}\n{"file": \n', "line 2: is no JSON"),
    "list.jsonl": ('["a.png"]\n', "line 1: is list, not an object such as"),
    "no.parquet": ("file,label\n", "no readable parquet table"),
    "open.csv": ('file,label\n"a.png,x\nb.png,y\n', "line 2: has 1 values, and the first line has 2; a quotation mark"),
    "bytes.csv": ("file\n\0\xff\xff", "is no text"),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_of_tables_name_file_and_line(name, tmp_path):
    text, complaint = FAULTS[name]
    (tmp_path / name).write_bytes(text.encode("latin-1"))
    with pytest.raises((ValueError, OSError)) as caught:
        as_images(tmp_path / name)
    assert complaint in str(caught.value) and name in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "complaint"),
    [("a.zip", "is packed"), ("a.png", "is one picture"), ("a.xlsx", "is a spreadsheet"),
     ("a.json", "a .jsonl file"), ("a.pt", "holds arrays"),
     ("a.doc", "is no folder of images; --images takes a folder, a table")],
)  # fmt: skip
def test_what_is_no_source_of_pictures_says_what_to_do(name, complaint, tmp_path):
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(ValueError, match=complaint):
        as_images(tmp_path / name)
    for address in ("https://x.org/a.tar", "s3://bucket/a.csv"):
        with pytest.raises(ValueError, match="is an address; download what is there"):
            as_images(address)
    with pytest.raises(ValueError, match="hf: of which name"):
        as_images("hf:")
    with pytest.raises(FileNotFoundError, match=r"nowhere.*no such folder or file of images; --images takes"):
        as_images(tmp_path / "nowhere")


def test_types_of_text():
    assert typed(pd.Series(["1", "2.5", ""])).tolist()[:2] == [1.0, 2.5]
    assert list(typed(pd.Series(["01", "02", "01"])).categories) == ["01", "02"]
    assert typed(pd.Series(["yes", "no", "yes", None])).codes.tolist() == [1, 0, 1, -1]
    assert typed(pd.Series([f"word {k}" for k in range(100)])).dtype == object
    assert pd.Series(typed(pd.Series(["2020-01-01T10:00:00Z", None]))).isna().tolist() == [False, True]
    assert typed(pd.Series(["2020-13-45", "2020-01-01"], dtype=object)).dtype == object


def test_numbers_with_gaps_by_any_name_and_one_hot_labels(tmp_path):
    assert np.isnan(typed(pd.Series(["1", "NaN", "NA", "-", "2.5"]))).tolist() == [False, True, True, True, False]
    assert list(typed(pd.Series(["NA", "nan", "NA"])).categories) == ["NA", "nan"]
    (tmp_path / "a.png").write_bytes(encoded("red"))
    lines = [{"file": "a.png", "label": [0, 1, 0]}, {"file": "a.png", "label": [1, 0, 0]}]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert as_images(tmp_path / "t.jsonl").labels.tolist() == ["1", "0"]


def test_decimal_commas_are_numbers_where_commas_do_not_separate(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded("red"))
    (tmp_path / "t.csv").write_text("file;size;pair;count\na.png;1,5;1,5;7\na.png;-2;1,5,3;8\na.png;;2;9\n")
    columns = as_images(tmp_path / "t.csv").columns
    assert columns["size"][:2].tolist() == [1.5, -2.0] and np.isnan(columns["size"][2])
    assert columns["pair"].tolist() == ["1,5", "1,5,3", "2"] and columns["count"].tolist() == [7, 8, 9]
    (tmp_path / "t.csv").write_text('file,size\na.png,"1,500"\na.png,"2,500"\n')
    assert as_images(tmp_path / "t.csv").columns["size"].tolist() == ["1,500", "2,500"]


def test_no_label_is_no_class(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded("red"))
    lines = [{"file": "a.png", "label": each} for each in ("ant", None, " ", "bee")]
    (tmp_path / "t.jsonl").write_text("\n".join(map(json.dumps, lines)))
    assert as_images(tmp_path / "t.jsonl").labels.codes.tolist() == [0, -1, -1, 1]
    pixels = np.zeros((3, 8, 8), np.uint8)
    for nothing in ("", None, float("nan"), pd.NA, pd.NaT):
        assert as_images((pixels, ["ant", nothing, "bee"])).labels.codes.tolist() == [0, -1, 1]


def test_names_that_the_tour_uses_itself_stay_apart(drawn):
    folder, frame = drawn
    frame = frame.assign(prediction=["x"] * 6 + ["y"] * 6, error=np.arange(12))
    columns = as_images(written(frame, folder / "t.csv")).columns
    assert set(columns) >= {"prediction_given", "error_given"} and not set(columns) & {"prediction", "error"}


def test_another_column_as_label(drawn):
    folder, frame = drawn
    file = written(frame.assign(group=np.arange(12) % 4), folder / "t.csv")
    images = pictures(file, PLAIN, label="group")
    assert list(images.labels.categories) == ["0", "1", "2", "3"]
    assert images.columns["label_given"].tolist() == frame["label"].tolist()
    assert part_of(images, limit=4).labels.tolist() == ["0", "1", "2", "3"]
    numbers = pictures(file, PLAIN, label="weight")
    assert numbers.labels is None and numbers.columns["label"][5] == 2.5
    by_file = pictures(file, PLAIN, label="file")
    assert by_file.labels.tolist() == by_file.columns["file"].tolist()
    with pytest.raises(ValueError, match="no column 'grup' to take the labels from; did you mean 'group'"):
        pictures(file, PLAIN, label="grup")


@pytest.mark.parametrize("key", ["path", "file name", "file name without its ending", "number", "full", "elsewhere"])
def test_attributes_of_another_table_are_joined(key, drawn, caplog):
    """Rows in another order, one missing, one of no picture."""
    folder, frame = drawn
    keys = {
        "path": frame["file"].str.removeprefix("pictures/"),
        "file name": frame["file"].str[-6:],
        "file name without its ending": frame["file"].str[-6:-4],
        "number": pd.Series(range(12)).map("{:02}".format),
        "full": str(folder) + "/" + frame["file"],
        "elsewhere": "C:\\data\\" + frame["file"].str.replace("/", "\\"),
    }[key]
    other = pd.DataFrame({"which": keys, "height": np.arange(12) * 1.5}).drop(index=3)
    other.loc[99] = ["nothing.png", 7.0]
    file = written(other.sample(frac=1, random_state=0), folder / "heights.csv")
    images = pictures(folder / "pictures", PLAIN, attributes=file)
    order = [int(path[-6:-4]) for path in images.columns["file"]]
    heights = dict(zip(order, images.columns["height"], strict=True))
    assert np.isnan(heights.pop(3)) and heights == {k: 1.5 * k for k in range(12) if k != 3}
    assert "heights.csv: 1 of 12 pictures have no row of their own" in caplog.text
    assert "heights.csv: 1 of its 12 rows are no picture's" in caplog.text


def test_only_endings_of_pictures_are_left_off(tmp_path):
    """1.5 in a column of sizes is not picture 1, and scan.0001 not scan."""
    for name in ("1", "2", "scan.0001", "scan.0002"):
        (tmp_path / "p").mkdir(exist_ok=True)
        (tmp_path / "p" / f"{name}.png").write_bytes(encoded("red"))
    (tmp_path / "t.csv").write_text("size,name\n1.5,scan.0002\n2.5,scan.0001\n3.5,x.png\n")
    images = pictures(tmp_path / "p", PLAIN, attributes=tmp_path / "t.csv")
    sizes = {name.rpartition("/")[2]: images.columns["size"][i] for i, name in enumerate(images.columns["file"])}
    assert sizes["scan.0001.png"] == 2.5 and sizes["scan.0002.png"] == 1.5
    assert np.isnan([sizes["1.png"], sizes["2.png"]]).all()


def test_a_table_that_names_no_picture_is_refused(drawn):
    folder, _ = drawn
    (folder / "t.csv").write_text("name,height\nx.png,3\n")
    with pytest.raises(
        ValueError, match=r"none of its columns \(name, height\) names the pictures.*pictures/a/00\.png"
    ):
        pictures(folder / "pictures", PLAIN, attributes=folder / "t.csv")


def test_names_of_two_pictures_are_nobodys(tmp_path, caplog):
    for name in ("a", "b"):
        (tmp_path / "p" / name).mkdir(parents=True)
        (tmp_path / "p" / name / "1.png").write_bytes(encoded("red"))
    (tmp_path / "p" / "a" / "2.png").write_bytes(encoded("red"))
    (tmp_path / "t.csv").write_text("file,height\n1.png,3\n2.png,4\n")
    images = pictures(tmp_path / "p", PLAIN, attributes=tmp_path / "t.csv")
    assert np.isnan(images.columns["height"]).tolist() == [True, False, True]
    assert "2 of 3 pictures have no row of their own" in caplog.text


def test_lines_are_counted_as_an_editor_does(tmp_path):
    (tmp_path / "t.csv").write_text('file,remark\n"a.png","two\nlines"\n\nb.png,one\n')
    table = read_table(tmp_path / "t.csv")
    assert [table.place(row) for row in range(2)] == ["t.csv, line 2", "t.csv, line 5"]
